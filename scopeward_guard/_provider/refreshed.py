"""A document of the provider that is kept in memory and fetched again, by one thread at a time."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from scopeward_guard._base.errors import MalformedError, UnavailableError
from scopeward_guard._base.per_process import PerProcess
from scopeward_guard._provider.steps import Steps, Wait

T = TypeVar("T")


def in_background(work: Callable[[], None]) -> None:
    """Run `work` in a thread that does not keep the process alive."""
    threading.Thread(target=work, name="scopeward-guard-refresh", daemon=True).start()


class Refreshed(Generic[T]):
    """Keeps what `load` returned.

    Up to `fresh_for` seconds it is used as it is; up to `stale_for` it is still used while it is
    fetched again in the background, so nobody waits and a provider that is down for a while hurts
    nobody; after that it must be fetched first. There are at least `pause` seconds between two
    attempts, whatever they were for and however they ended.
    """

    def __init__(
        self,
        load: Callable[[], T],
        *,
        fresh_for: float,
        stale_for: float,
        pause: float,
        clock: Callable[[], float] = time.monotonic,
        spawn: Callable[[Callable[[], None]], None] = in_background,
    ) -> None:
        self._load, self._clock, self._spawn = load, clock, spawn
        self._fresh_for, self._stale_for, self._pause = fresh_for, stale_for, pause
        self._held: tuple[T, float] | None = None
        self._tried_at = float("-inf")
        self._one_at_a_time = PerProcess(threading.Lock)

    def current(self) -> T:
        """Return the document; raises `UnavailableError` when there is none recent enough."""
        held = self.held()
        return self.newer() if held is None else held

    def held(self) -> T | None:
        """Return the document if it is recent enough to be used without waiting."""
        held, now = self._held, self._clock()
        if held is None or now - held[1] > self._stale_for:
            return None
        if now - held[1] > self._fresh_for:
            self._refresh_later(now)
        return held[0]

    def steps(self) -> Steps[T]:
        """Return the document, as `current` does."""
        held = self.held()
        document: T = (yield Wait(self.newer)) if held is None else held
        return document

    def newer(self) -> T:
        """Return the document, fetched now unless one was just tried; raises `UnavailableError`.

        Callers that arrive while it is being fetched wait for that one and use its result.
        """
        with self._one_at_a_time():
            if self._clock() - self._tried_at >= self._pause:
                self._fetch()
        held = self._held
        if held is None or self._clock() - held[1] > self._stale_for:
            raise UnavailableError("no recent answer from the provider")
        return held[0]

    def _refresh_later(self, now: float) -> None:
        if now - self._tried_at < self._pause or not self._one_at_a_time().acquire(blocking=False):
            return
        try:
            self._spawn(self._fetch_and_release)
        except RuntimeError:  # no thread can be started: somebody else will try
            self._one_at_a_time().release()

    def _fetch_and_release(self) -> None:
        try:
            self._fetch()
        finally:
            self._one_at_a_time().release()

    def _fetch(self) -> None:
        self._tried_at = started_at = self._clock()
        try:
            self._held = (self._load(), started_at)
        except (UnavailableError, MalformedError):
            return
