"""Long work beside requests: the thread that does it lets others in before they feel it.

Python hands its lock over after 5 ms by itself; whoever then loses it to the same work again has
waited 10.
"""

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
IN_ONE_GO = 8
"""Policies that are read before others are let in: a millisecond."""
PAUSE = 0.0002
"""Seconds: long enough for whoever waits to begin."""


def unhurried(work: Iterable[T]) -> Iterator[T]:
    """Go through work that nobody waits for, and let others in between."""
    for done, each in enumerate(work, 1):
        yield each
        if done % IN_ONE_GO == 0:
            let_others_in()


def let_others_in() -> None:
    """Give Python's lock away, at the end of a step of a millisecond or so."""
    time.sleep(PAUSE)
