"""Reading a token family with its grant and its person: always one statement."""

from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, QuerySet

from claims import subject as subjects
from consent.grants.selectors import grant_columns
from foundation.base.prepared.rows import PreparedRow
from foundation.base.prepared.statements import PreparedValues
from foundation.base.secrets import digests
from idp.models import AccessToken, AuthorizationCode, RefreshToken, RevokedAccessToken
from idp.tokens.families.standing import FamilyStanding

FACTS = ("sid", "auth_time", "acr", "amr", "cnf", "authorization_details", "requested_claims")
FAMILY = ("pk", "token_family", "handle", "redeemed_at", "rotated_at", "revoked", "rotations",
          "expires", "ends_at", "application", "scope", "resource", "token_checksum")  # fmt: skip
CODE = ("redirect_uri", "nonce", "code_challenge", "code_challenge_method", "expires", "scope",
        "resource")  # fmt: skip
WITHOUT_FACTS = ("revoked", "acr", "user", "user__is_active", "user__ends_at", "user__username")
OPAQUE = ("jti", "expires", "scope", "resource", "application", "created", "actor")


def _family(
    queryset: QuerySet[Any], *, prefix: str, extra: tuple[str, ...] = ()
) -> QuerySet[Any, dict[str, Any]]:
    """Let a query bring the family, its grant and its person along.

    With the grant comes whether the address that the person chose to share is still theirs.
    """
    shared = EmailAddress.objects.filter(
        user=OuterRef("user"), email=OuterRef("grant__shared_email"), verified=True
    )
    columns = {
        *extra,
        *FACTS,
        *(prefix + column for column in FAMILY),
        *grant_columns("grant__"),
        *subjects.columns("user__"),
        "user",
        "user__is_active",
        "user__ends_at",
    }
    return queryset.values(*sorted(columns), shared_email_stands=Exists(shared))


def _unrevoked(family: UUID, jti: str) -> QuerySet[RefreshToken]:
    revoked = RevokedAccessToken.objects.filter(jti=jti)
    return RefreshToken.objects.filter(~Exists(revoked), token_family=family)


_BY_CODE = PreparedValues(
    (str, int),
    lambda code, client: _family(
        AuthorizationCode.objects.filter(code=code, application=client),
        prefix="family__",
        extra=CODE,
    ),
)
_BY_HANDLE = PreparedValues(
    (str, int),
    lambda handle, client: _family(
        RefreshToken.objects.filter(handle=handle, application=client), prefix=""
    ),
)
_BY_JTI = PreparedValues(
    (UUID, str), lambda family, jti: _family(_unrevoked(family, jti), prefix="")
)
_WITHOUT_FACTS_BY_JTI = PreparedValues(
    (UUID, str),
    lambda family, jti: _unrevoked(family, jti).values(*WITHOUT_FACTS, *grant_columns("grant__")),
)
_BY_OPAQUE_TOKEN = PreparedValues(
    (str,),
    lambda checksum: _family(
        AccessToken.objects.filter(token_checksum=checksum, revoked_at__isnull=True),
        prefix="family__",
        extra=OPAQUE,
    ),
)


def by_code(code: str, *, client_pk: int) -> FamilyStanding | None:
    """Return the family that a code of this client opens. One statement."""
    return _first(_BY_CODE, code, client_pk)


def by_refresh_token(token: str, *, client_pk: int) -> tuple[FamilyStanding, str] | None:
    """Return the family a refresh token belongs to and the token's secret half. One statement."""
    handle, dot, secret = token.partition(".")
    if not dot:
        return None
    standing = _standing(_BY_HANDLE.rows(handle, client_pk), prefix="")
    return (standing, secret) if standing else None


def by_jti(family: UUID, *, jti: str) -> FamilyStanding | None:
    """Return the family named in a token's `jti`, if that token was not revoked. One statement."""
    return _standing(_BY_JTI.rows(family, jti), prefix="")


def stands_by_jti(family: UUID, *, jti: str) -> FamilyStanding | None:
    """Return as much of that family as tells whether it stands: nothing about what tokens say.

    One statement, of a few columns and without the person's groups and attributes.
    """
    return _standing(_WITHOUT_FACTS_BY_JTI.rows(family, jti), prefix="")


def by_family(family: UUID) -> FamilyStanding | None:
    """Return a family by its id, whatever became of single tokens. One statement."""
    return by_jti(family, jti="")


def by_opaque_token(token: str) -> FamilyStanding | None:
    """Return the family of an opaque access token, with the token's own columns. One statement."""
    return _first(_BY_OPAQUE_TOKEN, token)


def _first(statement: PreparedValues, secret: str, *others: int) -> FamilyStanding | None:
    """Find what has a digest of this secret; one statement for each pepper until it is found."""
    for digest in digests(secret):
        if rows := statement.rows(digest, *others):
            return _standing(rows, prefix="family__")
    return None


def _standing(rows: list[PreparedRow], *, prefix: str) -> FamilyStanding | None:
    return FamilyStanding(rows, prefix) if rows else None
