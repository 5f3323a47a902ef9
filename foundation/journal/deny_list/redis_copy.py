"""The copy in Redis that all replicas read, so that polling guards cost no statement.

One sorted set: each entry with the moment it expires as its score, and among them a mark that
the set is complete. The mark expires within a second; whoever finds it gone copies the table
again. So an entry that Redis could not be told of is late by a second, and a Redis that forgot
everything, mark and all, is never taken for an empty list.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import cast

from django.conf import settings
from redis import Redis

from foundation.base import clock
from foundation.journal.deny_list.entries import as_text
from foundation.journal.models import DenyListEntry

KEY = "scopeward:deny-list"
COMPLETE = "complete"
COMPLETE_FOR = 1.0
"""Seconds."""
PATIENCE = 0.5
"""Seconds to wait for Redis: somebody has pressed a switch and waits for the page."""


def is_used() -> bool:
    """Say whether there is a Redis that replicas share."""
    return bool(settings.DENY_LIST_REDIS_URL)


def add(entries: Iterable[DenyListEntry]) -> None:
    """Share new entries; raises `redis.RedisError`."""
    if is_used():
        _connection().zadd(KEY, _scored(entries))


def read() -> list[str] | None:
    """Return the live entries as texts; None when the copy is not known to be complete.

    Raises `redis.RedisError`.
    """
    found = _connection().zrangebyscore(KEY, clock.timestamp(), "+inf")
    texts = [member.decode() for member in cast("list[bytes]", found)]
    if COMPLETE not in texts:
        return None
    texts.remove(COMPLETE)
    return texts


def replace(entries: Iterable[DenyListEntry]) -> None:
    """Copy the table's live entries and mark the copy as complete; raises `redis.RedisError`.

    Nothing is taken out but what has expired: an entry may have been added since the table was
    read.
    """
    now = clock.timestamp()
    pipeline = _connection().pipeline(transaction=True)
    pipeline.zremrangebyscore(KEY, "-inf", now)
    pipeline.zadd(KEY, {**_scored(entries), COMPLETE: now + COMPLETE_FOR})
    pipeline.expire(KEY, settings.DENY_LIST_LIFETIME)
    pipeline.execute()


def _scored(entries: Iterable[DenyListEntry]) -> dict[str, float]:
    return {as_text(entry): entry.expires_at.timestamp() for entry in entries}


def _connection() -> Redis:
    return _connect(settings.DENY_LIST_REDIS_URL)


@lru_cache
def _connect(url: str) -> Redis:
    return Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)
