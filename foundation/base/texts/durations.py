"""Durations in words."""

from django.utils.translation import ngettext

MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400


def in_words(seconds: int) -> str:
    """Return a duration such as "90 days" exactly, in the largest unit that divides it."""
    if seconds % YEAR == 0:
        return ngettext("%(n)d year", "%(n)d years", seconds // YEAR) % {"n": seconds // YEAR}
    if seconds % DAY == 0:
        return ngettext("%(n)d day", "%(n)d days", seconds // DAY) % {"n": seconds // DAY}
    if seconds % HOUR == 0:
        return ngettext("%(n)d hour", "%(n)d hours", seconds // HOUR) % {"n": seconds // HOUR}
    if seconds % MINUTE == 0:
        minutes = seconds // MINUTE
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
