"""Finding decisions; every way in is an index."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from policy.models import LoggedDecision, LoggedName
from scopeward_guard.vocabulary import read_reference


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
        "decided_at__gte": search.since,
        "decided_at__lt": search.until,
    }
    given = {name: value for name, value in exact.items() if value is not None}
    rows = LoggedDecision.objects.filter(**given)
    if search.policy is not None:
        rows = rows.filter(pk__in=_named(LoggedName.Kind.POLICY, search.policy))
    if search.resource:
        rows = rows.filter(pk__in=_named(LoggedName.Kind.RESOURCE, search.resource))
    return rows.order_by("-decided_at", "-id")


def _named(kind: str, name: str) -> QuerySet[LoggedName, object]:
    return LoggedName.objects.filter(kind=kind, name=name).values("decision")
