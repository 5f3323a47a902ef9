"""Token families: the atomic store under codes and refresh tokens, on PostgreSQL and SQLite.

Every single use is one conditional UPDATE that must hit one row. Each also demands that the grant
is still the version that was read, so a token never carries what was taken back meanwhile.
"""

import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from claims import subject as subjects
from claims.subject import Subject
from consent.selectors import StandingGrant, grant_columns
from idp import conf
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


@dataclass(frozen=True, slots=True)
class NewFamily:
    """What `open_family` made: the code to send to the client."""

    code: str
    family_id: uuid.UUID


def open_family(*, facts: Mapping[str, Any], code: Mapping[str, Any], now: datetime) -> NewFamily:
    """Write a code and the family it will open. `facts` are the columns both rows share.

    Raises `django.db.IntegrityError` when the grant, the person or the client is gone.
    """
    value = secrets.token_urlsafe(32)
    settings = conf.current()
    with transaction.atomic():
        family = RefreshToken.objects.create(
            **facts,
            token="",
            handle=secrets.token_hex(16),
            expires=now + timedelta(seconds=settings.code_lifetime),
            ends_at=now + timedelta(seconds=settings.refresh_token_family_lifetime),
        )
        AuthorizationCode.objects.create(
            **facts,
            **code,
            code=digest(value),
            family=family,
            expires=now + timedelta(seconds=settings.code_lifetime),
        )
    return NewFamily(code=value, family_id=family.token_family)


def find_by_code(code: str, *, client_pk: int) -> Standing | None:
    """Return the family that a code of this client opens. One statement."""
    return _standing(
        AuthorizationCode.objects.filter(code=digest(code), application=client_pk),
        family_prefix="family__",
        extra=CODE,
    )


def find_by_refresh_token(token: str, *, client_pk: int) -> tuple[Standing, str] | None:
    """Return the family a refresh token belongs to and the token's secret half. One statement."""
    handle, dot, secret = token.partition(".")
    if not dot:
        return None
    rows = RefreshToken.objects.filter(handle=handle, application=client_pk)
    standing = _standing(rows, family_prefix="")
    return (standing, secret) if standing else None


def find_by_jti(family: str, *, jti: str) -> Standing | None:
    """Return a family by the hex id inside a token's `jti`, if that token was not revoked.

    One statement.
    """
    revoked = RevokedAccessToken.objects.filter(jti=jti)
    rows = RefreshToken.objects.filter(~Exists(revoked), token_family=family)
    return _standing(rows, family_prefix="")


def find_by_opaque_token(token: str) -> Standing | None:
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


def redeem(standing: Standing, *, with_refresh_token: bool, now: datetime) -> str | None:
    """Use the code: raises `LostRaceError` when it is used, revoked or the grant has changed.

    Returns the first refresh token, if there is to be one. One statement.
    """
    secret = secrets.token_urlsafe(32) if with_refresh_token else ""
    updated = _claim(standing, Q(redeemed_at__isnull=True)).update(
        redeemed_at=now,
        updated=now,
        token_checksum=digest(secret) if secret else "",
        expires=_expiry(standing, now) if secret else _last_access_token(now),
    )
    if updated != 1:
        raise LostRaceError
    return f"{standing.get('handle')}.{secret}" if secret else None


def rotate(standing: Standing, *, secret: str, now: datetime) -> str:
    """Replace the refresh token: raises `LostRaceError` unless it was current. One statement."""
    successor = secrets.token_urlsafe(32)
    updated = _claim(standing, Q(token_checksum=digest(secret), expires__gt=now)).update(
        token_checksum=digest(successor),
        rotated_at=now,
        updated=now,
        rotations=F("rotations") + 1,
        expires=_expiry(standing, now),
    )
    if updated != 1:
        raise LostRaceError
    return f"{standing.get('handle')}.{successor}"


class LostRaceError(Exception):
    """Somebody else used it first, or it was taken back between reading and using it."""


def _claim(standing: Standing, unused: Q) -> QuerySet[RefreshToken]:
    """Return the family's row if it is unused and everything else that was read still holds.

    `unused` must stand on the row itself: PostgreSQL checks that again after waiting for another
    writer, but not what is inside a subquery. So the joins go into EXISTS, and nowhere else.
    """
    unchanged = RefreshToken.objects.filter(
        pk=OuterRef("pk"),
        grant__version=standing.grant.version if standing.grant else 0,
        grant__revoked_at__isnull=True,
        user__is_active=True,
    )
    return RefreshToken.objects.filter(
        unused, Exists(unchanged), pk=standing.get("pk"), revoked__isnull=True
    )


def _expiry(standing: Standing, now: datetime) -> datetime:
    idle_end = now + timedelta(seconds=conf.current().refresh_token_lifetime)
    ends_at: datetime = standing.get("ends_at")
    return min(idle_end, ends_at)


def _last_access_token(now: datetime) -> datetime:
    return now + timedelta(seconds=conf.current().access_token_lifetime)


def revoke_families(now: datetime, **which: Any) -> int:
    """End the families that match the lookups, and all that came from them; return how many."""
    return RefreshToken.objects.filter(revoked__isnull=True, **which).update(
        revoked=now, updated=now
    )
