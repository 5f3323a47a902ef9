"""Counting attempts while the cache comes back.

allauth counts behind a lock in the cache. A cache that was frozen does, when it is thawed, what it
was told meanwhile: it takes the lock for a request that has long been answered 503, and nobody
gives it back. allauth waits for less time than such a lock lives, and then answers "too many
attempts" to somebody who made one. Here waiting outlives the lock, so it only takes a moment.
"""

from allauth.core.internal import ratelimit

LOCK_LIVES = 2
"""Seconds: a thousand times what counting takes."""
PATIENCE = 3
"""Seconds."""


def outlive_lost_locks() -> None:
    """Set allauth's limits, in the whole process."""
    ratelimit.CACHE_LOCK_TIMEOUT = LOCK_LIVES
    ratelimit.CACHE_LOCK_WAIT_TIMEOUT = PATIENCE
