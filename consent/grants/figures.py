"""What is counted about consent: answers by day, and the grants that stand by application."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from consent.models import Grant
from foundation.base.daily import Counts, DailyCount, Series
from foundation.base.replica.reading import moments_old
from foundation.journal.acts import Kind
from foundation.journal.keys import period
from foundation.journal.models import Act

MOST_COUNTED = 10_000
"""Standing grants; where there are more, they are counted once a day."""
AT_ONCE = 20_000
STANDING = "standing_grants"


def _answers(since: datetime, until: datetime) -> dict[date, Counts]:
    rows = (
        moments_old(Act.objects.all())
        .filter(kind__in=[Kind.GRANTED, Kind.DENIED], **period(since, until))
        # Scopes that come with the sign-in were not asked about and do not count.
        .exclude(detail__has_key="implicit")
        .annotate(day=TruncDate("at"))
        .values_list("day", "scope", "kind")
        .annotate(count=Count("*"))
        .order_by()
    )
    by_day: dict[date, list[tuple[str, str, int]]] = defaultdict(list)
    for day, scope, kind, count in rows:
        by_day[day].append((scope, str(kind), count))
    return dict(by_day)


ANSWERS = Series("answers", _answers)
"""Scope, kind of act, how often."""


@dataclass(frozen=True)
class Standing:
    """How many grants stand for each application, the most first."""

    clients: list[tuple[int, int]]
    """Key of the application, how many."""
    counted_on: date | None = None
    """None: now."""
    is_counted: bool = True
    """Whether they are few enough to be counted now, or were counted by the task."""


def standing_by_client() -> Standing:
    """Return how many grants stand for each application. Two statements at most."""
    standing = moments_old(Grant.objects.filter(revoked_at=None)).order_by()
    found = list(standing.values_list("client_id", flat=True)[: MOST_COUNTED + 1])
    if len(found) <= MOST_COUNTED:
        return Standing(_ranked(Counter(found)))
    last = DailyCount.objects.filter(series=STANDING).order_by("-day").first()
    if last is None:
        return Standing([], is_counted=False)
    return Standing(_ranked(dict(last.counts)), last.day)


def _ranked(counts: Mapping[int, int]) -> list[tuple[int, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def keep_standing(now: datetime | None = None) -> None:
    """Count the grants that stand, once a day, a part of them in a statement."""
    today = timezone.localdate(now)
    counted = DailyCount.objects.filter(series=STANDING)
    if counted.filter(day=today).exists():
        return
    rest: Any = Grant.objects.filter(revoked_at=None).order_by("pk")
    counts: Counter[int] = Counter()
    while True:
        last = rest.values_list("pk", flat=True)[AT_ONCE - 1 : AT_ONCE].first()
        part = rest.filter(pk__lte=last) if last else rest
        counts.update(dict(part.order_by().values_list("client_id").annotate(count=Count("*"))))
        if last is None:
            break
        rest = Grant.objects.filter(revoked_at=None, pk__gt=last).order_by("pk")
    counted.update_or_create(
        series=STANDING, day=today, defaults={"counts": sorted(counts.items())}
    )
    counted.filter(day__lt=today).delete()
