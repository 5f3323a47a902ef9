"""A rest for endpoints that do not answer: each try in vain costs a worker the whole deadline."""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from foundation.base.outgoing.errors import NoAnswerError, RestingError

FIRST_REST = 10.0
"""Seconds; doubles with every try in vain."""
LONGEST_REST = 600.0
REMEMBERED = 1000
"""Endpoints, per process: whoever failed longest ago is forgotten first."""


def origin_of(url: str) -> str:
    """Return whom an address means: all paths of one host and port rest together."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


class Breaker:
    """Knows who did not answer lately. Of its own in every process: that much trying does no harm.

    When a rest is over one call at a time tries again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._resting: OrderedDict[str, tuple[int, float]] = OrderedDict()
        """Origin to (tries in vain, `time.monotonic()` of the next try)."""

    def rest(self, url: str) -> float:
        """Return for how many seconds more an address is not to be asked; 0: it may be."""
        _, until = self._resting.get(origin_of(url), (0, 0.0))
        return max(0.0, until - time.monotonic())

    @contextmanager
    def guarding(self, url: str) -> Iterator[None]:
        """Make a call inside; raises `RestingError` instead while the endpoint rests."""
        origin = origin_of(url)
        with self._lock:
            if self.rest(url):
                raise RestingError("It did not answer lately.")
            if origin in self._resting:
                # Nobody else tries as long as this call may take.
                self._rest(origin, failures=self._resting[origin][0])
        try:
            yield
        except NoAnswerError:
            with self._lock:
                self._rest(origin, failures=self._resting.get(origin, (0, 0.0))[0] + 1)
            raise
        with self._lock:
            self._resting.pop(origin, None)

    def clear(self) -> None:
        """Forget everything."""
        self._resting.clear()

    def _rest(self, origin: str, *, failures: int) -> None:
        seconds = min(LONGEST_REST, FIRST_REST * 2 ** max(0, failures - 1))
        self._resting[origin] = failures, time.monotonic() + seconds
        self._resting.move_to_end(origin)
        while len(self._resting) > REMEMBERED:
            self._resting.popitem(last=False)


breaker = Breaker()
