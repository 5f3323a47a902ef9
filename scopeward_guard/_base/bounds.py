"""JSON values from strangers: bounded in size and depth, and of nothing but JSON's types.

What comes in by other ways than `strict_json` (a framework's parsed body, a test case, a log) is
walked once here; whatever decides by it afterwards need not ask again.
"""

import math
from typing import Any

from scopeward_guard._base.errors import MalformedError

DEPTH = 16
VALUES = 10_000
TEXT = 65_536
WHOLE = 2**63


def check_bounds(value: Any) -> None:
    """Raise `MalformedError` for what is too deep, too much, too long, or not JSON (RFC 8259)."""
    walked, level = 0, [value]
    for _ in range(DEPTH):
        walked += len(level)
        if walked > VALUES:
            raise MalformedError("too many values")
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise MalformedError("too deep")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()] if all(type(name) is str for name in value) else [_refused]
    if isinstance(value, list):
        return value
    _check_single(value)
    return []


def _check_single(value: Any) -> None:
    if isinstance(value, str):
        if len(value) > TEXT:
            raise MalformedError("a text is too long")
        if not value.isascii() and not _is_unicode(value):
            raise MalformedError("a text is not Unicode")
    elif value is None or isinstance(value, bool):
        return
    elif not isinstance(value, int | float) or not -WHOLE <= value < WHOLE or math.isnan(value):
        raise MalformedError("a value that is no JSON, or a number that is too large")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


_refused = object()
"""Stands for a member whose name is no text; no value of JSON is like it."""
