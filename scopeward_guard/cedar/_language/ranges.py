"""What a condition on a number demands, as a clause: hours, days, ages, levels, counts."""

from collections.abc import Callable
from typing import Any

from scopeward_guard.cedar._language.expressions import Fact, Range

Naming = Callable[[Fact], str]
Showing = Callable[[Any, str], str]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MINUTE = 60


def clause_of_range(kept_in: Range, naming: Naming, shown: Showing, timezone: str) -> str:
    """Return the clause. `naming` calls a fact by its name, `shown` a number by its level."""
    fact, low, high = kept_in.fact, kept_in.low, kept_in.high
    if fact == Fact("context", "hour"):
        return f"it is permitted only {_hours(low, high)} o'clock ({timezone})"
    if fact == Fact("context", "weekday"):
        return f"it is permitted only {_days(low, high)}"
    if fact == Fact("context", "authentication_age") and high is not None:
        return f"you need to have signed in within the last {_duration(high - 1)}"
    if fact == Fact("context", "assurance") and low is not None:
        return "you need a stronger sign-in"
    if fact.of == "context":
        return _UNNAMED.get(fact.name, "")
    return f"{naming(fact)} must be {_bounds(low, high, lambda value: shown(value, fact.name))}"


def days(numbers: list[int]) -> str:
    """Return the names of days, 1 is Monday."""
    return " or ".join(DAYS[number - 1] for number in sorted(numbers) if 1 <= number <= len(DAYS))


def _hours(low: int | None, high: int | None) -> str:
    if low is None:
        return f"before {high}"
    return f"from {low} on" if high is None else f"from {low} to {high}"


def _days(low: int | None, high: int | None) -> str:
    numbers = list(range(max(low or 1, 1), min(high or 8, 8)))
    if len(numbers) < 3:
        return f"on {days(numbers)}"
    return f"from {DAYS[numbers[0] - 1]} to {DAYS[numbers[-1] - 1]}"


def _duration(seconds: int) -> str:
    count, unit = (seconds, "second") if seconds < 2 * _MINUTE else (seconds // _MINUTE, "minute")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _bounds(low: int | None, high: int | None, shown: Callable[[int], str]) -> str:
    if low is not None and high == low + 1:
        return shown(low)
    least = [f"at least {shown(low)}"] if low is not None else []
    most = [f"at most {shown(high - 1)}"] if high is not None else []
    return " and ".join(least + most)


_UNNAMED = {
    "risk": "the risk of this sign-in must be lower",
    "time": "it is permitted only at another time",
}
"""How high it is, or when exactly, would help nobody but who tries to get around it."""
