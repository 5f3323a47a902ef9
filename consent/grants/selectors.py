"""Reading grants for tokens: in one joined statement."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from claims.catalogue import scopes as catalogue
from claims.catalogue.scopes import CatalogueEntry
from consent.models import ConsentRequest, Grant
from foundation.base.prepared.objects import PreparedObjects
from foundation.directory.models import Client, User

GRANT_FIELDS = ("id", "scopes", "withheld_claims", "shared_email", "version", "revoked_at")


@dataclass(frozen=True)
class StandingGrant:
    """A grant as a token's statement read it; it may have been revoked."""

    id: UUID
    scopes: Mapping[str, int | None]
    """`{scope: expiry in epoch seconds, or None}`."""
    withheld_claims: Mapping[str, Collection[str]]
    shared_email: str
    version: int
    revoked_at: datetime | None

    @classmethod
    def from_row(cls, row: Mapping[str, Any], prefix: str = "grant__") -> "StandingGrant | None":
        """Take the grant's columns out of a `.values()` row; None when it has no grant."""
        if row[f"{prefix}id"] is None:
            return None
        return cls(**{field: row[f"{prefix}{field}"] for field in GRANT_FIELDS})

    @property
    def is_revoked(self) -> bool:
        """Whether everything that points at it has ended."""
        return self.revoked_at is not None

    @property
    def withheld(self) -> frozenset[str]:
        """The claims that no token may carry, whatever scope releases them."""
        return withheld_names(self.withheld_claims)

    def live_entries(self, now: datetime | None = None) -> Mapping[str, CatalogueEntry]:
        """Return what tokens may carry now, by name: nothing when revoked."""
        return {} if self.is_revoked else live_entries(self.scopes, now)


def withheld_names(withheld_claims: Mapping[str, Collection[str]]) -> frozenset[str]:
    """Return all claims left out of a grant; one that another scope releases by now stays out."""
    return frozenset().union(*withheld_claims.values())


def grant_columns(prefix: str = "grant__") -> tuple[str, ...]:
    """Return the columns `StandingGrant.from_row` needs, for `.values()` through a foreign key."""
    return tuple(f"{prefix}{field}" for field in GRANT_FIELDS)


def live_entries(
    scopes: Mapping[str, int | None], now: datetime | None = None
) -> Mapping[str, CatalogueEntry]:
    """Return the scopes that have not expired and are active in the catalogue, by name.

    `scopes` is `Grant.scopes`: `{scope: expiry in epoch seconds, or None}`. Warm: no statement.
    """
    moment = (now or timezone.now()).timestamp()
    lasting = [name for name, expiry in scopes.items() if expiry is None or expiry > moment]
    return {entry.name: entry for entry in catalogue.found(lasting) if entry.is_for_people}


def grants_at(version: int) -> QuerySet[Grant]:
    """Return the grants that tokens may be issued from if this version is what was read."""
    return Grant.objects.filter(version=version, revoked_at=None, user__is_active=True)


def standing_grant(user: User, client: Client) -> Grant | None:
    """Return the ordinary grant that stands between the two, if any. One statement."""
    return Grant.objects.filter(
        user_id=user.pk, client_id=client.pk, revoked_at=None, separate=False
    ).first()


_STANDING = PreparedObjects[Grant](
    (UUID, int),
    lambda person, client: Grant.objects.filter(
        user=person, client=client, revoked_at=None
    ).order_by("separate")[:1],
)


def any_standing(person: UUID, client: int) -> Grant | None:
    """Return the ordinary grant that stands between the two, or else a separate one.

    One statement.
    """
    return _STANDING.first(person, client)


def grant_held_by(client: Client, grant_id: UUID) -> Grant | None:
    """Return a grant of this client that stands, whoever gave it. One statement."""
    return Grant.objects.filter(pk=grant_id, client_id=client.pk, revoked_at=None).first()


def answered_request(request_id: UUID | None, user_pk: Any) -> ConsentRequest | None:
    """Return a consent request that this person has decided, None before. At most one statement."""
    if request_id is None or user_pk is None:
        return None
    return ConsentRequest.objects.filter(
        pk=request_id, user_id=user_pk, decided_at__isnull=False
    ).first()
