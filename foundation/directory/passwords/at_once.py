"""How many passwords are hashed at the same time in one process.

Each takes memory (`PASSWORD_MEMORY`), a core and a thread on purpose; without a limit whoever sends
sign-ins takes all of them. Who comes when so many are at work waits for a moment; who would wait
with the last thread for pages waits a tenth of a second only, so that other pages are answered.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from foundation.base import conf

PATIENCE = 2.0
"""Seconds to wait for one's turn: as long as nearly a hundred hashes take."""
LITTLE_PATIENCE = 0.1
"""With the last thread: as long as the few take that may be ahead."""
SHARE = 8
"""Hashes take no more than this part of the memory."""
MEBIBYTE = 1024 * 1024
CGROUP = Path("/sys/fs/cgroup")
LIMITS = (CGROUP / "memory.max", CGROUP / "memory" / "memory.limit_in_bytes")
"""What a container may take, by version 2 and 1."""


class TooManyAtOnceError(Exception):
    """So many passwords are being hashed that this one is not, now. Later helps."""


class Turns:
    """Lets so many in at once, of all `threads` that could come."""

    def __init__(self, at_once: int, threads: int) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._threads, self._here = threads, 0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for one's turn and have it; raises TooManyAtOnceError."""
        with self._lock:
            self._here += 1
            patience = PATIENCE if self._here < self._threads else LITTLE_PATIENCE
        try:
            if not self._free.acquire(timeout=patience):
                raise TooManyAtOnceError
            try:
                yield
            finally:
                self._free.release()
        finally:
            with self._lock:
                self._here -= 1


def turns() -> Turns:
    """Return those of this process, by the configuration in force."""
    current = conf.current()
    return _turns(current.password_hashes_at_once, current.page_threads)


def sensible(memory: int, threads: int) -> int:
    """Return how many hashes of `memory` MiB fit: a core each, part of the memory, not all threads.

    There is one at least.
    """
    return max(1, min(_cores(), threads - 1, available_memory() // SHARE // memory))


def available_memory() -> int:
    """Return how many MiB this process may take: the machine's, or the container's."""
    found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for path in LIMITS:
        with suppress(OSError, ValueError):  # no such file, or `max`: no limit
            found = min(found, int(path.read_text(encoding="ascii")))
    return found // MEBIBYTE


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache(maxsize=4)
def _turns(at_once: int, threads: int) -> Turns:
    return Turns(at_once, threads)
