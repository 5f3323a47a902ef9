"""What a process cannot inherit: locks that were held and connections that were open at a fork."""

import os
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class PerProcess(Generic[T]):
    """Makes one thing in each process, when it is first asked for there."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: dict[int, T] = {}

    def __call__(self) -> T:
        """Return this process's own."""
        process = os.getpid()
        if process not in self._made:
            # Two threads may both make one: `setdefault` lets the first of them count for both.
            self._made.setdefault(process, self._make())
        return self._made[process]


class Polling:
    """Calls `poll` every `interval` seconds, in a thread that each process starts for itself."""

    def __init__(self, poll: Callable[[], None], *, interval: float, name: str) -> None:
        self._poll, self._interval, self._name = poll, interval, name
        self._polled_by = 0
        self._starting = PerProcess(threading.Lock)
        self._stop = PerProcess(threading.Event)

    def has_begun(self) -> bool:
        """Whether this process polls; a fork takes no threads along."""
        return self._polled_by == os.getpid()

    def ensure(self) -> None:
        """Poll once and go on in the background, unless that has begun already.

        The first request waits, so that it is not answered from nothing.
        """
        if self.has_begun():
            return
        with self._starting():
            if self.has_begun():
                return
            self._poll()
            work = threading.Thread(target=self._keep_polling, name=self._name, daemon=True)
            work.start()
            self._polled_by = os.getpid()

    def stop(self) -> None:
        """End the polling of this process."""
        self._stop().set()

    def _keep_polling(self) -> None:
        stop = self._stop()
        while not stop.wait(self._interval):
            self._poll()
