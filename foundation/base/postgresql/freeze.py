"""While the server is frozen one thread at a time waits for it; the others are told so at once.

Otherwise every thread of a process would soon wait, and what needs no database (keys, metadata,
health) would wait for a thread.
"""

import threading
import time

import psycopg

PAUSE = 1.0
"""Seconds between the end of one attempt and the next."""


class Freeze:
    """What this process knows: whether the server is frozen, and who is trying it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_on = False
        self._trying: int | None = None
        self._next_try = 0.0

    def admit(self) -> None:
        """Let this thread ask the server; raises `psycopg.OperationalError` when it shall not."""
        if not self._is_on:
            return
        with self._lock:
            if self._trying == threading.get_ident():
                return
            if self._trying is None and time.monotonic() >= self._next_try:
                self._trying = threading.get_ident()
                return
        raise psycopg.OperationalError("the database does not answer; it is being tried")

    def begin(self) -> None:
        """Note that this thread has waited in vain."""
        with self._lock:
            self._is_on, self._trying = True, None
            self._next_try = time.monotonic() + PAUSE

    def end(self) -> None:
        """Note that the server has answered this thread, whatever it said."""
        if self._is_on:
            with self._lock:
                self._is_on, self._trying = False, None
