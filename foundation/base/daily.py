"""Figures by day that stay as quick as they are: what a day that is over had is counted once.

Counting is what grows with a table. So a task counts each day when it is over and keeps the
figures; a page reads those, and counts what has happened since.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models
from django.utils import timezone

MOST_DAYS = 90
"""So far back figures go."""
SETTLED_AFTER = timedelta(hours=1)
"""So long after its end a day is counted: what was begun in it has been committed by then."""

Counts = Sequence[Sequence[str | int]]
"""Rows of names and, at the end, how often."""


class DailyCount(models.Model):
    """What one day had, in the words of its series."""

    series = models.CharField(max_length=32)
    day = models.DateField()
    counts = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "day"], name="one_count_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.day}"


@dataclass(frozen=True)
class Series:
    """Something that is counted by day."""

    name: str
    count: Callable[[datetime, datetime], dict[date, Counts]]
    """What happened from the first moment until before the second, of each day with anything."""

    def of_last(self, days: int, now: datetime) -> dict[date, Counts]:
        """Return what each of the last days had, today included, oldest first. Two statements."""
        first = timezone.localdate(now) - timedelta(days=days - 1)
        every_day = [first + timedelta(days=number) for number in range(days)]
        rows = DailyCount.objects.filter(series=self.name, day__gte=first)
        kept: dict[date, Counts] = dict(rows.values_list("day", "counts"))
        # Behind a day that is missing, all are counted: what is kept has no gaps but at its end.
        since = next((day for day in every_day if day not in kept), every_day[-1])
        # What happened in this very moment counts too.
        live = self.count(beginning(since), now + timedelta.resolution)
        return {day: live.get(day, []) if day >= since else kept[day] for day in every_day}

    def keep(self, now: datetime | None = None) -> int:
        """Count each day that is over and has not been counted; return how many."""
        now = now or timezone.now()
        over = timezone.localdate(now - SETTLED_AFTER)
        days = [over - timedelta(days=number) for number in range(MOST_DAYS, 0, -1)]
        rows = DailyCount.objects.filter(series=self.name, day__gte=days[0])
        missing = sorted(set(days) - set(rows.values_list("day", flat=True)))
        for day in missing:
            had = self.count(beginning(day), beginning(day + timedelta(days=1)))
            row = DailyCount(series=self.name, day=day, counts=had.get(day, []))
            # Somebody else may just have counted the same.
            DailyCount.objects.bulk_create([row], ignore_conflicts=True)
        return len(missing)


def beginning(day: date) -> datetime:
    """Return the moment in which a day begins here."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
