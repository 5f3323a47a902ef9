"""Finding decisions, and counting denials; every way in is an index."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from policy.models import LoggedDecision, LoggedName
from scopeward_guard.vocabulary import read_reference

MOST_POLICIES = 12


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


@dataclass(frozen=True)
class Denials:
    """The denials of a period: of each day, oldest first, and of each policy, the most first."""

    days: list[tuple[date, int]]
    policies: list[tuple[str, int]]
    """An empty name stands for those that no policy decided: nothing permitted them."""

    @property
    def total(self) -> int:
        """How many there were."""
        return sum(count for _, count in self.days)


def denials(days: int, now: datetime | None = None) -> Denials:
    """Return the denials of the last `days` days, today included. Two statements."""
    now = now or timezone.now()
    first = timezone.localdate(now) - timedelta(days=days - 1)
    since = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    period = {"permit": False, "decided_at__gte": since, "decided_at__lte": now}
    by_day = dict(
        LoggedDecision.objects.filter(**period)
        .annotate(day=TruncDate("decided_at"))
        .values_list("day")
        .annotate(count=Count("*"))
        .order_by()
    )
    by_policy = (
        LoggedName.objects.filter(kind=LoggedName.Kind.POLICY, **period)
        .values_list("name")
        .annotate(count=Count("*"))
        .order_by("-count", "name")[:MOST_POLICIES]
    )
    every_day = (first + timedelta(days=n) for n in range(days))
    return Denials([(day, by_day.get(day, 0)) for day in every_day], list(by_policy))


def _named(kind: str, name: str) -> QuerySet[LoggedName, object]:
    return LoggedName.objects.filter(kind=kind, name=name).values("decision")
