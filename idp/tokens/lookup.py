"""Reading a token family with its grant and its person: always one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, QuerySet

from claims import subject as subjects
from claims.addresses import sharing
from claims.subject import Subject
from consent.assurance import is_within_reach
from consent.selectors import StandingGrant, grant_columns
from idp.client_authentication.secrets import digest
from idp.models import AccessToken, AuthorizationCode, RefreshToken, RevokedAccessToken
from idp.tokens.issue import Authentication
from idp.tokens.prepared import PreparedValues

FACTS = ("sid", "auth_time", "acr", "amr", "cnf", "authorization_details", "requested_claims")
FAMILY = ("pk", "token_family", "handle", "redeemed_at", "rotated_at", "revoked", "rotations",
          "expires", "ends_at", "application", "scope", "resource", "token_checksum")  # fmt: skip
CODE = ("redirect_uri", "nonce", "code_challenge", "code_challenge_method", "expires", "scope",
        "resource")  # fmt: skip
OPAQUE = ("jti", "expires", "scope", "resource", "application", "created", "actor")


@dataclass(frozen=True, slots=True)
class Standing:
    """A family as it stands: its row, its grant, its person, all read in one statement."""

    row: Mapping[str, Any]
    prefix: str
    grant: StandingGrant | None
    subject: Subject | None
    """None when a client acts for itself."""
    person_is_active: bool

    def get(self, column: str) -> Any:
        """Return a column of the family."""
        return self.row[self.prefix + column]

    @property
    def version(self) -> int:
        """The version of the grant that was read; no grant has version 0."""
        return self.grant.version if self.grant else 0

    @property
    def withheld(self) -> frozenset[str]:
        """The claims that the person left out."""
        return self.grant.withheld if self.grant else frozenset()

    @property
    def authentication(self) -> Authentication:
        """The sign-in behind the family."""
        return Authentication(
            auth_time=self.row["auth_time"],
            acr=self.row["acr"],
            amr=tuple(self.row["amr"]),
            sid=self.row["sid"],
        )

    def issue_facts(self, details: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Return the members of an `Issue` that the family decides, with the token's details."""
        return {
            "subject": self.subject,
            "grant_id": self.grant.id if self.grant else None,
            "family": self.get("token_family"),
            "family_pk": self.get("pk"),
            "authentication": self.authentication,
            "requested_claims": self.row["requested_claims"],
            "withheld": self.withheld,
            "authorization_details": tuple(details),
            "cnf": self.row["cnf"],
        }

    def live_scopes(self, asked: Iterable[str], now: datetime) -> tuple[str, ...]:
        """Return what the grant holds now of the scopes asked for, in their order.

        What the sign-in behind the family is too weak for is not among them.
        """
        held = self.grant.live_scopes(now) if self.grant else frozenset()
        acr = self.row["acr"]
        return tuple(scope for scope in asked if scope in held and is_within_reach(scope, acr))

    @property
    def is_alive(self) -> bool:
        """The person is active, the grant stands, the family was not revoked."""
        return (
            self.person_is_active
            and self.grant is not None
            and not self.grant.is_revoked
            and self.get("revoked") is None
        )


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
    }
    return queryset.values(*sorted(columns), shared_email_stands=Exists(shared))


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
    (UUID, str),
    lambda family, jti: _family(
        RefreshToken.objects.filter(
            ~Exists(RevokedAccessToken.objects.filter(jti=jti)), token_family=family
        ),
        prefix="",
    ),
)
_BY_OPAQUE_TOKEN = PreparedValues(
    (str,),
    lambda checksum: _family(
        AccessToken.objects.filter(token_checksum=checksum, revoked_at__isnull=True),
        prefix="family__",
        extra=OPAQUE,
    ),
)


def by_code(code: str, *, client_pk: int) -> Standing | None:
    """Return the family that a code of this client opens. One statement."""
    return _standing(_BY_CODE.rows(digest(code), client_pk), prefix="family__")


def by_refresh_token(token: str, *, client_pk: int) -> tuple[Standing, str] | None:
    """Return the family a refresh token belongs to and the token's secret half. One statement."""
    handle, dot, secret = token.partition(".")
    if not dot:
        return None
    standing = _standing(_BY_HANDLE.rows(handle, client_pk), prefix="")
    return (standing, secret) if standing else None


def by_jti(family: UUID, *, jti: str) -> Standing | None:
    """Return the family named in a token's `jti`, if that token was not revoked. One statement."""
    return _standing(_BY_JTI.rows(family, jti), prefix="")


def by_family(family: UUID) -> Standing | None:
    """Return a family by its id, whatever became of single tokens. One statement."""
    return by_jti(family, jti="")


def by_opaque_token(token: str) -> Standing | None:
    """Return the family of an opaque access token, with the token's own columns. One statement."""
    return _standing(_BY_OPAQUE_TOKEN.rows(digest(token)), prefix="family__")


def _standing(rows: Sequence[Mapping[str, Any]], *, prefix: str) -> Standing | None:
    if not rows:
        return None
    grant = StandingGrant.from_row(rows[0], "grant__")
    return Standing(
        row=rows[0],
        prefix=prefix,
        grant=grant,
        subject=_subject(rows, grant) if rows[0]["user"] else None,
        person_is_active=bool(rows[0]["user__is_active"]),
    )


def _subject(rows: Sequence[Mapping[str, Any]], grant: StandingGrant | None) -> Subject:
    """Return the person as the grant lets them be seen."""
    address = grant.shared_email if grant else ""
    is_verified = bool(rows[0]["shared_email_stands"])
    return sharing(subjects.from_rows(rows, "user__"), address, is_verified=is_verified)
