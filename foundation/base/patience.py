"""How long anybody here waits for the database.

The server ends a statement that takes too long (`statement_timeout`), and one that waits too long
for a lock. A server that is frozen ends nothing, and TCP does not notice, because the kernel of its
machine goes on answering: so whoever waits has a deadline too, a little after the server's. Each
kind of program has its own patience.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

GRACE = 2.0
"""Seconds that an answer may take on its way, after the server has ended the statement."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that a kind of program has."""

    statement: float
    """For one statement, with its waiting for locks."""
    lock: float
    """For one lock."""
    idle: float
    """In a transaction without doing anything: a process that is frozen holds its locks."""
    leaves_connections: int = 0
    """How many connections of the server it leaves to others when it opens one of its own."""


WEB = Patience(statement=10.0, lock=5.0, idle=30.0, leaves_connections=3)
"""Somebody waits; the last connections are for worker, migration and administrators."""
WORKER = Patience(statement=120.0, lock=30.0, idle=120.0)
COMMAND = Patience(statement=3600.0, lock=60.0, idle=600.0)
"""Migrations, archives, verification: what somebody started by hand and watches."""


class _Process:
    patience = COMMAND


class _Thread(threading.local):
    ends_at: float | None = None


_process, _thread = _Process(), _Thread()


def become(patience: Patience) -> None:
    """Say what kind of program this process is, before it connects."""
    _process.patience = patience


def of_this_process() -> Patience:
    """Return the patience of this kind of program."""
    return _process.patience


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Wait for no longer than this for everything inside together, in this thread."""
    before, ends_at = _thread.ends_at, time.monotonic() + seconds
    _thread.ends_at = ends_at if before is None else min(before, ends_at)
    try:
        yield
    finally:
        _thread.ends_at = before


def left() -> float:
    """Return the seconds that this thread may wait for an answer; at least a hundredth."""
    usual = _process.patience.statement + GRACE
    if _thread.ends_at is None:
        return usual
    return max(0.01, min(usual, _thread.ends_at - time.monotonic()))
