"""Figures about consent: few statements, each over an index."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from consent.models import Grant
from foundation.directory.models import Client
from foundation.journal.models import Act, Kind

MOST_SHOWN = 12


@dataclass(frozen=True)
class DenyRate:
    """How often people said no to a scope."""

    scope: str
    granted: int
    denied: int

    @property
    def asked(self) -> int:
        """How often they answered."""
        return self.granted + self.denied

    @property
    def percent(self) -> float:
        """The noes among the answers."""
        return 100 * self.denied / self.asked if self.asked else 0.0


@dataclass(frozen=True)
class Answers:
    """What people answered in a period."""

    rates: list[DenyRate]
    """By scope, the most often refused first."""
    days: list[tuple[date, int]]
    """Scopes allowed on each day, oldest first; days without any too."""


def answers(days: int, now: datetime | None = None) -> Answers:
    """Return what people answered in the last `days` days, today included. One statement.

    Scopes that come with the sign-in were not asked about and do not count.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    first = today - timedelta(days=days - 1)
    since = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    rows = (
        Act.objects.filter(kind__in=[Kind.GRANTED, Kind.DENIED], at__gte=since, at__lte=now)
        .exclude(detail__has_key="implicit")
        .annotate(day=TruncDate("at"))
        .values_list("day", "scope", "kind")
        .annotate(count=Count("*"))
        .order_by()
    )
    by_scope: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    by_day: dict[date, int] = defaultdict(int)
    for day, scope, kind, count in rows:
        by_scope[scope][kind] += count
        by_day[day] += count if kind == Kind.GRANTED else 0
    return Answers(
        rates=sorted(
            (DenyRate(s, n[Kind.GRANTED], n[Kind.DENIED]) for s, n in by_scope.items()),
            key=lambda rate: (-rate.percent, -rate.asked, rate.scope),
        ),
        days=[(day, by_day[day]) for day in (first + timedelta(n) for n in range(days))],
    )


def standing_by_client() -> list[tuple[str, int]]:
    """Return how many grants stand for each application, the most first. Two statements."""
    counted = (
        Grant.objects.filter(revoked_at=None)
        .values_list("client_id")
        .annotate(count=Count("*"))
        .order_by("-count", "client_id")[:MOST_SHOWN]
    )
    counts = dict(counted)
    # The names apart from the counting: that is done within an index.
    clients = Client.objects
    names = dict(clients.filter(pk__in=counts).values_list("pk", "name"))
    return [(names.get(pk, ""), count) for pk, count in counts.items()]
