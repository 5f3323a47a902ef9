"""The masks that policy may put on a column, as it writes them, and what several come to."""

import re
from collections.abc import Mapping

ARGUMENTS: Mapping[str, re.Pattern[str]] = {
    "null": re.compile(r"(?!)"),
    "last4": re.compile(r"(?!)"),
    "year": re.compile(r"(?!)"),
    "hash": re.compile(r"[A-Za-z0-9_-]{1,64}"),
    "round": re.compile(r"[1-9][0-9]{0,8}"),
}
"""Each kind, and what may stand after its colon."""
MASK = r"[a-z0-9_]+(?::[A-Za-z0-9_-]*)?"
"""How a mask looks, as a part of a pattern."""
NOTHING_SHOWN = "null"
ROUNDED_TO = "1000"
"""The step of `round` where none is named."""


def is_mask(text: str) -> bool:
    """Say whether it is `null`, `last4`, `year`, `hash`, `hash:SALT`, `round` or `round:STEP`."""
    kind, colon, argument = text.partition(":")
    pattern = ARGUMENTS.get(kind)
    return pattern is not None and (not colon or pattern.fullmatch(argument) is not None)


def strictest(first: str, second: str) -> str:
    """Return the mask that shows no more than either of two.

    Of two steps the one that is a multiple of the other. Where neither mask says less than the
    other, a year and the last four characters for one, both together would say more than each:
    nothing is shown.
    """
    if first == second:
        return first
    steps = sorted((_step(first), _step(second)))
    if steps[0] and steps[1] % steps[0] == 0:
        return f"round:{steps[1]}"
    return NOTHING_SHOWN


def _step(mask: str) -> int:
    kind, _, argument = mask.partition(":")
    return int(argument or ROUNDED_TO) if kind == "round" else 0
