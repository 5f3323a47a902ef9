"""No text that a stranger sends is slow to search: every pattern of ours, found by construction."""

import re
import time
from collections import deque
from itertools import product
from typing import Any

from tests.architecture.patterns import Found, Text, all_patterns, hard_texts

LIMIT = 0.010
"""Seconds of CPU for 64 KiB."""
NOISE = 0.001


def consume(pattern: re.Pattern[Any], method: str, text: Text) -> None:
    if method in {"sub", "subn"}:
        pattern.sub(text[:0], text)
    elif method == "finditer":
        deque(pattern.finditer(text), maxlen=0)
    else:
        getattr(pattern, method)(text)


def seconds(pattern: re.Pattern[Any], method: str, text: Text) -> float:
    started = time.thread_time()
    consume(pattern, method, text)
    return time.thread_time() - started


def matching_alone(method: str, piece: Text) -> float:
    """Return what as many matches as there are characters cost, whatever the pattern."""
    if method != "finditer":
        return 0.0
    any_one = re.compile(b"." if isinstance(piece, bytes) else ".", re.DOTALL)
    return min(seconds(any_one, method, piece) for _ in range(3))


def sizes(found: Found) -> list[int]:
    return sorted({min(size, found.longest) for size in (512, 8_192, found.longest)})


def slow_text(found: Found) -> tuple[str, Text, float] | None:
    """Return the first hard text that takes too long, if there is one.

    Tried as it grows: what is slow with a few characters need not be tried with all of them.
    """
    for text in hard_texts(found.pattern):
        for method, size in product(sorted(found.methods - {"compile"}), sizes(found)):
            piece = text[:size] + text[-1:]
            allowed = max(LIMIT * size / found.longest, NOISE)
            taken = seconds(found.pattern, method, piece)
            if taken > allowed:
                taken = min(taken, *(seconds(found.pattern, method, piece) for _ in range(4)))
            if taken > allowed + matching_alone(method, piece):
                return method, text[:40], taken
    return None


def test_no_pattern_is_slow() -> None:
    patterns = {(str(found.pattern), found.methods): found for found in all_patterns()}.values()

    slow = {found.place: text for found in patterns if (text := slow_text(found))}

    assert patterns
    assert not slow
