"""Waiting for a change: one thread looks, however many wait, and none when nobody does."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import structlog

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Watch(Generic[T]):
    """Looks every `interval` seconds by calling `look`; it may raise, then nothing has changed.

    `rest` is called in the looking thread when `look` raised and when nobody waits any more.
    """

    def __init__(self, look: Callable[[], T], *, interval: float, rest: Callable[[], None]) -> None:
        self._look, self._interval, self._rest = look, interval, rest
        self._changed = threading.Condition()
        self._waiting = 0
        self._looks = 0
        self._seen: T | None = None
        self._looking = False

    def wait(self, known: T, seconds: float) -> None:
        """Return when a look from now on finds something else than `known`, or after `seconds`."""
        with self._changed, self._one_more():
            before = self._looks
            self._changed.wait_for(
                lambda: self._looks > before and self._seen != known, timeout=seconds
            )

    @contextmanager
    def _one_more(self) -> Iterator[None]:
        self._waiting += 1
        try:
            if not self._looking:
                self._looking = True
                threading.Thread(target=self._run, name="opa-watch", daemon=True).start()
            yield
        finally:
            self._waiting -= 1

    def _run(self) -> None:
        while True:
            time.sleep(self._interval)
            with self._changed:
                if not self._waiting:
                    self._looking = False
                    break
            self._look_once()
        self._rest()

    def _look_once(self) -> None:
        try:
            seen = self._look()
        except Exception:
            # Whoever waits asks again, and is told what is wrong.
            log.warning("opa_watch_failed", exc_info=True)
            self._rest()
            return
        with self._changed:
            self._seen = seen
            self._looks += 1
            self._changed.notify_all()
