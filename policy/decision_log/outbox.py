"""Decisions on their way into the log: a bounded queue that one thread of each process empties.

Whoever decides never waits for the database, and whatever becomes of the transaction they are in,
the decision stays written: it was made. When there is no room, a permit is dropped and counted; a
denial is written at once, by whoever made it.
"""

import atexit
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence

from django.db import InterfaceError, OperationalError, close_old_connections, connection

from policy.decision_log.entries import DecisionEntry

logger = logging.getLogger("scopeward.policy")

ROOM = 5_000
BATCH = 200
PAUSE = 1.0
"""Seconds after which a database that could not be written to is tried again."""

Write = Callable[[Sequence[DecisionEntry]], int]


def in_background(work: Callable[[], None]) -> None:
    """Run `work` in a thread that does not keep the process alive."""
    threading.Thread(target=work, name="scopeward-decision-log", daemon=True).start()


class Outbox:
    """The queue. `write` appends entries and may be given the same one twice."""

    def __init__(
        self,
        write: Write,
        *,
        room: int = ROOM,
        spawn: Callable[[Callable[[], None]], None] = in_background,
    ) -> None:
        self._write, self._room, self._spawn = write, room, spawn
        self._queue: deque[DecisionEntry] = deque()
        self._changed = threading.Condition()
        self._emptied_by = 0
        self.dropped = 0

    def put(self, entry: DecisionEntry) -> None:
        """Queue an entry. Raises only where a denial had to be written at once and could not be."""
        if self._emptied_by != os.getpid():  # a fork takes no threads along
            self._start()
        with self._changed:
            is_full = len(self._queue) >= self._room
            if is_full and entry.decision.permit:
                self.dropped += 1
                return
            # In a transaction it would go if that is rolled back, so there is always room then.
            if not is_full or connection.in_atomic_block:
                self._queue.append(entry)
                self._changed.notify()
                return
        self._write([entry])

    def flush(self) -> int:
        """Write what is queued, here and now, and return how many entries that were.

        Raises OperationalError when the database cannot be written to; nothing is lost then.
        """
        written = 0
        while batch := self._take():
            try:
                self._write(batch)
            except (OperationalError, InterfaceError):
                self._put_back(batch)
                raise
            except Exception:
                logger.exception("a batch of the decision log could not be written")
                self._one_by_one(batch)
            written += len(batch)
        return written

    def clear(self) -> None:
        """Forget what is queued: for test suites, whose database forgets it too."""
        with self._changed:
            self._queue.clear()
            self.dropped = 0

    def _take(self) -> list[DecisionEntry]:
        with self._changed:
            return [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]

    def _put_back(self, batch: Sequence[DecisionEntry]) -> None:
        with self._changed:
            room = self._room - len(self._queue)
            # Beyond the room only denials are worth the memory.
            kept = batch if len(batch) <= room else [e for e in batch if not e.decision.permit]
            self.dropped += len(batch) - len(kept)
            self._queue.extendleft(reversed(kept))

    def _one_by_one(self, batch: Sequence[DecisionEntry]) -> None:
        for entry in batch:
            try:
                self._write([entry])
            except Exception:
                logger.exception("decision %s is not in the log", entry.reference)

    def _start(self) -> None:
        with self._changed:
            if self._emptied_by == os.getpid():
                return
            self._emptied_by = os.getpid()
        self._spawn(self._keep_emptying)

    def _keep_emptying(self) -> None:
        atexit.register(self._flush_at_exit)
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._queue))
            close_old_connections()
            try:
                self.flush()
            except (OperationalError, InterfaceError):
                logger.warning("the decision log waits for the database", exc_info=True)
                threading.Event().wait(PAUSE)

    def _flush_at_exit(self) -> None:
        try:
            self.flush()
        except (OperationalError, InterfaceError):
            logger.exception("%d decisions are not in the log", len(self._queue))
