"""Reading a token family with its grant and its person: always one statement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, QuerySet

from claims import subject as subjects
from claims.subject import Subject
from consent.selectors import StandingGrant, grant_columns
from idp.client_authentication.secrets import digest
from idp.models import AccessToken, AuthorizationCode, RefreshToken, RevokedAccessToken
from idp.tokens.issue import Authentication

FACTS = ("sid", "auth_time", "acr", "amr", "cnf", "authorization_details", "requested_claims")
FAMILY = ("pk", "token_family", "handle", "redeemed_at", "rotated_at", "revoked", "rotations",
          "expires", "ends_at", "application", "scope", "resource", "token_checksum")  # fmt: skip
CODE = ("redirect_uri", "nonce", "code_challenge", "code_challenge_method", "expires", "scope",
        "resource")  # fmt: skip
OPAQUE = ("jti", "expires", "scope", "resource", "application", "created")


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
    def authentication(self) -> Authentication:
        """The sign-in behind the family."""
        return Authentication(
            auth_time=self.row["auth_time"],
            acr=self.row["acr"],
            amr=tuple(self.row["amr"]),
            sid=self.row["sid"],
        )

    def issue_facts(self) -> dict[str, Any]:
        """Return the members of an `Issue` that the family decides."""
        return {
            "subject": self.subject,
            "grant_id": self.grant.id if self.grant else None,
            "family": self.get("token_family"),
            "family_pk": self.get("pk"),
            "authentication": self.authentication,
            "requested_claims": self.row["requested_claims"],
            "authorization_details": tuple(self.row["authorization_details"]),
            "cnf": self.row["cnf"],
        }

    def live_scopes(self, asked: Iterable[str], now: datetime) -> tuple[str, ...]:
        """Return what the grant holds now of the scopes asked for, in their order."""
        held = self.grant.live_scopes(now) if self.grant else frozenset()
        return tuple(scope for scope in asked if scope in held)

    @property
    def is_alive(self) -> bool:
        """The person is active, the grant stands, the family was not revoked."""
        return (
            self.person_is_active
            and self.grant is not None
            and not self.grant.is_revoked
            and self.get("revoked") is None
        )


def by_code(code: str, *, client_pk: int) -> Standing | None:
    """Return the family that a code of this client opens. One statement."""
    return _standing(
        AuthorizationCode.objects.filter(code=digest(code), application=client_pk),
        family_prefix="family__",
        extra=CODE,
    )


def by_refresh_token(token: str, *, client_pk: int) -> tuple[Standing, str] | None:
    """Return the family a refresh token belongs to and the token's secret half. One statement."""
    handle, dot, secret = token.partition(".")
    if not dot:
        return None
    rows = RefreshToken.objects.filter(handle=handle, application=client_pk)
    standing = _standing(rows, family_prefix="")
    return (standing, secret) if standing else None


def by_jti(family: str, *, jti: str) -> Standing | None:
    """Return a family by the hex id inside a token's `jti`, if that token was not revoked.

    One statement.
    """
    revoked = RevokedAccessToken.objects.filter(jti=jti)
    rows = RefreshToken.objects.filter(~Exists(revoked), token_family=family)
    return _standing(rows, family_prefix="")


def by_opaque_token(token: str) -> Standing | None:
    """Return the family of an opaque access token, with the token's own columns. One statement."""
    return _standing(
        AccessToken.objects.filter(token_checksum=digest(token), revoked_at__isnull=True),
        family_prefix="family__",
        extra=OPAQUE,
    )


def _standing(
    queryset: QuerySet[Any], *, family_prefix: str, extra: tuple[str, ...] = ()
) -> Standing | None:
    columns = {
        *extra,
        *FACTS,
        *(family_prefix + column for column in FAMILY),
        *grant_columns("grant__"),
        *subjects.columns("user__"),
        "user",
        "user__is_active",
    }
    rows: list[Mapping[str, Any]] = list(queryset.values(*columns))
    if not rows:
        return None
    return Standing(
        row=rows[0],
        prefix=family_prefix,
        grant=StandingGrant.from_row(rows[0], "grant__"),
        subject=subjects.from_rows(rows, "user__") if rows[0]["user"] else None,
        person_is_active=bool(rows[0]["user__is_active"]),
    )
