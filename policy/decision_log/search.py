"""Finding decisions; every way in is an index."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from policy.models import LoggedDecision, LoggedName
from scopeward_guard.vocabulary import read_reference

EARLY = timedelta(days=1)
"""No decision arrives so long before it is made, whatever clocks say."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """Which decisions; what is None or empty does not matter."""

    reference: str = ""
    subjects: Collection[str] | None = None
    client_id: str = ""
    audience: str = ""
    policy: str | None = None
    """An empty name finds what no policy decided."""
    resource: str = ""
    permit: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    """The first moment that does not count any more."""


def found(search: Search) -> QuerySet[LoggedDecision]:
    """Return the decisions that a search means, newest first."""
    exact = {
        "reference": read_reference(search.reference) or "-" if search.reference else None,
        "subject__in": search.subjects,
        "client_id": search.client_id or None,
        "audience": search.audience or None,
        "permit": search.permit,
        "decided_at__lt": search.until,
    }
    given = {name: value for name, value in exact.items() if value is not None}
    since = decided_since(search.since)
    rows = LoggedDecision.objects.filter(**given, **since)
    named = LoggedName.objects.filter(**since).values("decision")
    if search.policy is not None:
        rows = rows.filter(pk__in=named.filter(kind=LoggedName.Kind.POLICY, name=search.policy))
    if search.resource:
        rows = rows.filter(pk__in=named.filter(kind=LoggedName.Kind.RESOURCE, name=search.resource))
    return rows.order_by("-decided_at", "-id")


def decided_since(moment: datetime | None) -> dict[str, datetime]:
    """Return the conditions for rows of either table that were decided at that time or later.

    None arrives before it is decided, but for clocks (`LEEWAY` of services, and ours), so older
    partitions are left alone.
    """
    if moment is None:
        return {}
    return {"decided_at__gte": moment, "logged_at__gte": moment - EARLY}
