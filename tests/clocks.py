"""Processes whose machines tell different times, in one process of the tests."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import cycle
from typing import Any

import pytest
import time_machine
from django.test.client import ClientHandler

from foundation.base import clock
from foundation.base.configuration import epoch


class OwnTime(clock.Clock):
    """The database's clock as most tests want it: it travels with them."""

    is_known = True

    def observe(self, told: datetime, asked: float, answered: float) -> None:
        """Learn nothing."""

    def estimate(self) -> float:
        """Return the time of the machine, which a test may have put forward."""
        return time.time()

    timestamp = estimate


class Process:
    """A process on a machine whose clock is `skew` seconds ahead; its database's clock is right."""

    def __init__(self, skew: float) -> None:
        self.skew = skew
        self._clock = clock.Clock()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Do everything in this process until the end of the block."""
        patch = pytest.MonkeyPatch()
        patch.setattr(clock, "_clock", self._clock)
        with time_machine.travel(time.time() + self.skew, tick=True):
            epoch.look_again()
            yield
        patch.undo()


@contextmanager
def taking_turns(skews: Sequence[float]) -> Iterator[None]:
    """Let every request go to another process than the one before; each has its skew."""
    turns = cycle([Process(skew) for skew in skews])
    handle = ClientHandler.__call__

    def handled(handler: ClientHandler, environ: dict[str, Any]) -> Any:
        with next(turns).running():
            return handle(handler, environ)

    patch = pytest.MonkeyPatch()
    patch.setattr(ClientHandler, "__call__", handled)
    yield
    patch.undo()
