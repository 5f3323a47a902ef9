"""Keys of acts, which begin with the moment of the act (RFC 9562 §5.7, UUID version 7).

So rows that were written together lie together, and a table that is partitioned by its key is
partitioned by time, while the key alone still says that a row is there once. Behind the
milliseconds are the microseconds (§6.2, method 3): keys are in the order of their moments.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TAIL = (1 << 62) - 1
IN_SQL = """(
    lpad(to_hex((extract(epoch FROM {moment}) * 1000000)::bigint / 1000), 12, '0') || '7'
    || lpad(to_hex(mod((extract(epoch FROM {moment}) * 1000000)::bigint, 1000) * 4096 / 1000),
            3, '0')
    || {tail}
)::uuid"""
"""The same on PostgreSQL; the tail is sixteen digits."""
FIRST_TAIL, RANDOM_TAIL = "'8000000000000000'", "substr(gen_random_uuid()::text, 20)"
SLACK = timedelta(days=1)
"""So far the clocks of those who write keys and moments may be apart, and farther."""


def new_key(moment: datetime | None = None) -> UUID:
    """Return a key that nobody else has, of an act of this moment; None: now."""
    return _key(moment or timezone.now(), secrets.randbits(62))


def key_of(occasion: str, moment: datetime) -> UUID:
    """Return the key of an occasion: the same for everybody who knows its moment as well."""
    digest = hashlib.sha256(f"urn:scopeward:history:{occasion}".encode()).digest()
    return _key(moment, int.from_bytes(digest[:8]) & TAIL)


def first_key(moment: datetime) -> UUID:
    """Return the key that no act of this moment or after it is below."""
    return _key(moment, 0)


def period(since: datetime | None = None, until: datetime | None = None) -> dict[str, Any]:
    """Return the lookups of acts from a moment on, and before another; None: however far.

    They say it of the key too, so that a month with none of them is not looked at.
    """
    lookups: dict[str, Any] = {}
    if since is not None:
        lookups |= {"at__gte": since, "id__gte": first_key(since - SLACK)}
    if until is not None:
        lookups |= {"at__lt": until, "id__lt": first_key(until + SLACK)}
    return lookups


def _key(moment: datetime, tail: int) -> UUID:
    milliseconds, rest = divmod((moment - EPOCH) // timedelta(microseconds=1), 1_000)
    return UUID(int=milliseconds << 80 | 7 << 76 | rest * 4096 // 1_000 << 64 | 2 << 62 | tail)
