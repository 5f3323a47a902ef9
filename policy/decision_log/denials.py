"""Denials, counted by day and by policy; every day that is over once."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from foundation.base.daily import Counts, Series
from foundation.base.replica.reading import moments_old
from policy.decision_log.search import decided_since
from policy.models import LoggedDecision, LoggedName

MOST_POLICIES = 12
MOST_KEPT = 200
"""Policies of one day; their names come from outside."""
ALL = "all"
NAMED = "policy"


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
    """Return the denials of the last `days` days, today included. Three statements."""
    by_day: dict[date, int] = {}
    by_policy: Counter[str] = Counter()
    for day, counts in DENIALS.of_last(days, now or timezone.now()).items():
        by_day[day] = sum(int(count) for what, _, count in counts if what == ALL)
        for what, name, count in counts:
            if what == NAMED:
                by_policy[str(name)] += int(count)
    ranked = sorted(by_policy.items(), key=lambda one: (-one[1], one[0]))
    return Denials(list(by_day.items()), ranked[:MOST_POLICIES])


def _count(since: datetime, until: datetime) -> dict[date, Counts]:
    period = {"permit": False, **decided_since(since), "decided_at__lt": until}
    found: dict[date, list[tuple[str, str, int]]] = defaultdict(list)
    denied = moments_old(LoggedDecision.objects.filter(**period))
    by_day = denied.annotate(day=TruncDate("decided_at"))
    for day, count in by_day.values_list("day").annotate(count=Count("*")).order_by():
        found[day].append((ALL, "", count))
    named = moments_old(LoggedName.objects.filter(kind=LoggedName.Kind.POLICY, **period))
    by_policy = named.annotate(day=TruncDate("decided_at")).values_list("day", "name")
    for day, name, count in by_policy.annotate(count=Count("*")).order_by("-count"):
        if len(found[day]) <= MOST_KEPT:
            found[day].append((NAMED, name, count))
    return dict(found)


DENIALS = Series("denials", _count)
"""What is counted, the policy, how often."""
