"""How old the replica is: by what it has replayed of the primary's log, not by clocks.

Once a second somebody who wants to read asks the primary where its log ends, and the replica how
far it has come. What the primary had written at a moment, and the replica has replayed by now, is
what the replica knows at least: so its age is the time since the newest such moment. A replica that
is cut off stays where it is, and its age grows; where nothing is written, nothing is missing.
"""

import threading
import time
from collections import deque
from typing import Any

import structlog
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections

from foundation.base import conf, patience

log = structlog.get_logger(__name__)

EVERY = 1.0
"""Seconds between two looks of one process."""
ASIDE = 10.0
"""Seconds for which a replica that failed is not asked at all."""
PATIENCE = 1.0
"""Seconds that a look may take."""
END = "SELECT pg_current_wal_lsn() - '0/0'"
REPLAYED = "SELECT pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn() - '0/0', 0)"


class NoReplicaError(DatabaseError):
    """A server that follows nobody: it was promoted, or it is another one."""


class Lag:
    """What this process knows of the replica's age."""

    def __init__(self) -> None:
        self._looking = threading.Lock()
        self._ends: deque[tuple[float, int]] = deque(maxlen=100)
        """(moment, where the primary's log ended then), oldest first."""
        self._as_of = float("-inf")
        self._next_look = float("-inf")
        self._is_aside = False

    def is_short(self) -> bool:
        """Say whether the replica may be read: it is there, and as young as the settings want.

        Once a second a statement to each of both; who asks meanwhile gets what is known.
        """
        if time.monotonic() >= self._next_look and self._looking.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looking.release()
        return not self._is_aside and self.age() <= conf.current().replica_lag

    def age(self) -> float:
        """Return how many seconds old the replica is at most."""
        return time.monotonic() - self._as_of

    def set_aside(self, error: Exception) -> None:
        """Read from the primary for a while: the replica has just failed."""
        if not self._is_aside:
            log.warning("replica_away", error=repr(error))
        self._is_aside, self._next_look = True, time.monotonic() + ASIDE

    def _look(self) -> None:
        asked = time.monotonic()
        self._next_look = asked + EVERY
        try:
            with patience.at_most(PATIENCE):
                self._compare(asked)
        except (DatabaseError, InterfaceError) as error:
            self.set_aside(error)
            return
        if self._is_aside:
            log.info("replica_back", age=round(self.age(), 1))
        self._is_aside = False

    def _compare(self, asked: float) -> None:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(END)
            self._ends.append((asked, int(cursor.fetchone()[0])))
        replica: Any = connections["replica"]
        with replica.own_cursor() as cursor:
            cursor.execute(REPLAYED)
            follows, replayed = cursor.fetchone()
        if not follows:
            raise NoReplicaError("the replica follows nobody")
        while self._ends and self._ends[0][1] <= replayed:
            self._as_of = self._ends.popleft()[0]


lag = Lag()
