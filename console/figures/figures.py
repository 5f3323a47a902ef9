"""Figures about consent: few statements, and as many rows with a million people as with ten."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from consent.grants.figures import ANSWERS, Standing, standing_by_client as grants_standing
from foundation.directory.models import Client
from foundation.journal.models import Kind

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
    """Return what people answered in the last `days` days, today included. Two statements."""
    by_scope: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    by_day: list[tuple[date, int]] = []
    for day, counts in ANSWERS.of_last(days, now or timezone.now()).items():
        for scope, kind, count in counts:
            by_scope[str(scope)][str(kind)] += int(count)
        granted = sum(int(count) for _, kind, count in counts if kind == Kind.GRANTED)
        by_day.append((day, granted))
    return Answers(
        rates=sorted(
            (DenyRate(s, n[Kind.GRANTED], n[Kind.DENIED]) for s, n in by_scope.items()),
            key=lambda rate: (-rate.percent, -rate.asked, rate.scope),
        ),
        days=by_day,
    )


def standing_by_client() -> tuple[Standing, list[tuple[str, int]]]:
    """Return how many grants stand, and that by name for the applications that have the most.

    Three statements.
    """
    standing = grants_standing()
    most = dict(standing.clients[:MOST_SHOWN])
    names = dict(Client.objects.filter(pk__in=most).values_list("pk", "name"))
    return standing, [(names.get(pk, ""), count) for pk, count in most.items()]
