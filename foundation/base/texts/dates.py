"""Dates of one page in words: a day that many rows have in common is put into words once."""

from collections.abc import Callable
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format, get_format

MINUTES = "H:i"
"""How our languages write the time of day; where it is another way, nothing is kept."""
PLACE = "\x02"


class DatesInWords:
    """In the active language and time zone; for one page."""

    def __init__(self) -> None:
        self._days: dict[date, str] = {}
        self._with_time: dict[date, str] = {}
        self._format: str = get_format("SHORT_DATETIME_FORMAT")
        self._zone = timezone.get_current_timezone()

    def day(self, moment: datetime) -> str:
        """Return the day, as `|date` does."""
        return _once(self._days, moment.astimezone(self._zone), date_format)

    def minute(self, moment: datetime) -> str:
        """Return day and time, as `|date:"SHORT_DATETIME_FORMAT"` does."""
        local = moment.astimezone(self._zone)
        if self._format.count(MINUTES) != 1:
            return date_format(local, self._format)
        return _once(self._with_time, local, self._around_time).replace(PLACE, f"{local:%H:%M}")

    def machine_readable(self, moment: datetime) -> str:
        """Return it as `<time datetime>` has it (`|date:"c"`)."""
        return moment.astimezone(self._zone).isoformat()

    def _around_time(self, local: datetime) -> str:
        return date_format(local, self._format.replace(MINUTES, PLACE))


def _once(kept: dict[date, str], local: datetime, say: Callable[[datetime], str]) -> str:
    day = local.date()
    if day not in kept:
        kept[day] = say(local)
    return kept[day]
