"""Reading grants: for tokens in one joined statement, for people with words and dates."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils import timezone

from claims.contents import labels_of
from consent import catalogue
from consent.models import ConsentRequest, Decision, Grant, Outcome

GRANT_FIELDS = ("id", "scopes", "withheld_claims", "version", "revoked_at")


@dataclass(frozen=True)
class StandingGrant:
    """A grant as a token's statement read it; it may have been revoked."""

    id: UUID
    scopes: Mapping[str, int | None]
    """`{scope: expiry in epoch seconds, or None}`."""
    withheld_claims: Mapping[str, Collection[str]]
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

    def live_scopes(self, now: datetime | None = None) -> frozenset[str]:
        """Return what tokens may carry now: nothing when revoked."""
        return frozenset() if self.is_revoked else live_scopes(self.scopes, now)


def withheld_names(withheld_claims: Mapping[str, Collection[str]]) -> frozenset[str]:
    """Return all claims left out of a grant; one that another scope releases by now stays out."""
    return frozenset().union(*withheld_claims.values())


def grant_columns(prefix: str = "grant__") -> tuple[str, ...]:
    """Return the columns `StandingGrant.from_row` needs, for `.values()` through a foreign key."""
    return tuple(f"{prefix}{field}" for field in GRANT_FIELDS)


def live_scopes(scopes: Mapping[str, int | None], now: datetime | None = None) -> frozenset[str]:
    """Return the scopes that have not expired and are active in the catalogue. Warm: no statement.

    `scopes` is `Grant.scopes`: `{scope: expiry in epoch seconds, or None}`.
    """
    moment = (now or timezone.now()).timestamp()
    entries = catalogue.all_scopes()
    return frozenset(
        name
        for name, expiry in scopes.items()
        if (expiry is None or expiry > moment) and name in entries and entries[name].is_active
    )


def grants_at(version: int) -> QuerySet[Grant]:
    """Return the grants that tokens may be issued from if this version is what was read."""
    return Grant.objects.filter(version=version, revoked_at=None, user__is_active=True)


def standing_grant(user: Model, client: Model) -> Grant | None:
    """Return the grant that stands between the two, if any. One statement."""
    return Grant.objects.filter(user_id=user.pk, client_id=client.pk, revoked_at=None).first()


def answered_request(request_id: UUID, user_pk: Any) -> ConsentRequest | None:
    """Return a consent request that this person has decided, None before. One statement."""
    return ConsentRequest.objects.filter(
        pk=request_id, user_id=user_pk, decided_at__isnull=False
    ).first()


@dataclass(frozen=True)
class ScopeAccess:
    """One scope of one application, as My access shows it."""

    name: str
    title: str
    sentence: str
    is_implicit: bool
    is_required: bool
    since: datetime | None
    until: datetime | None
    has_ended: bool
    withheld: tuple[str, ...] = ()
    """The details left out, in words."""


@dataclass(frozen=True)
class ApplicationAccess:
    """What one application may do, and what the person said no to."""

    grant: Grant
    scopes: tuple[ScopeAccess, ...]
    denied: tuple[ScopeAccess, ...]


def grants_of(user: Model, now: datetime | None = None) -> list[ApplicationAccess]:
    """Return a person's standing grants with their clients, newest first. Two statements."""
    decisions: dict[int, list[Decision]] = defaultdict(list)
    for decision in Decision.objects.filter(user_id=user.pk):
        decisions[decision.client_id].append(decision)
    grants = Grant.objects.filter(user_id=user.pk, revoked_at=None).select_related("client")
    return [
        _access(grant, decisions[grant.client_id], now or timezone.now())
        for grant in grants.order_by("-created_at")
    ]


def access_of(grant: Grant, now: datetime | None = None) -> ApplicationAccess:
    """Return what one grant allows. One statement."""
    decisions = Decision.objects.filter(user_id=grant.user_id, client_id=grant.client_id)
    return _access(grant, decisions, now or timezone.now())


def _access(grant: Grant, decisions: Iterable[Decision], now: datetime) -> ApplicationAccess:
    by_scope = {decision.scope: decision for decision in decisions}
    denied = {name for name, found in by_scope.items() if found.outcome == Outcome.DENIED}
    return ApplicationAccess(
        grant=grant,
        scopes=tuple(
            _scope_access(name, expiry, grant.created_at, by_scope.get(name), now)
            for name, expiry in _ordered(grant.scopes)
        ),
        denied=tuple(
            _scope_access(name, None, by_scope[name].decided_at, by_scope[name], now)
            for name, _ in _ordered(dict.fromkeys(denied))
        ),
    )


def _ordered(scopes: Mapping[str, int | None]) -> list[tuple[str, int | None]]:
    places = {name: place for place, name in enumerate(catalogue.all_scopes())}
    return sorted(scopes.items(), key=lambda item: places.get(item[0], len(places)))


def _scope_access(
    name: str, expiry: int | None, opened: datetime, decision: Decision | None, now: datetime
) -> ScopeAccess:
    entry = catalogue.all_scopes().get(name)
    return ScopeAccess(
        name=name,
        title=entry.title if entry else name,
        sentence=entry.sentence if entry else "",
        is_implicit=entry is not None and entry.is_implicit,
        is_required=entry is not None and entry.is_required,
        since=decision.decided_at if decision else opened,
        until=None if expiry is None else datetime.fromtimestamp(expiry, tz=UTC),
        has_ended=expiry is not None and expiry <= now.timestamp(),
        withheld=labels_of(decision.withheld_claims if decision else ()),
    )
