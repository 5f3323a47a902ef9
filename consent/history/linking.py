"""Linking acts into the chain: in batches, by one at a time, apart from those who write acts.

See docs/decisions/0008-history.md for why, and for what it costs.
"""

import threading
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import QuerySet

from consent.history.canonical import FIRST_HASH, act_members, chained, link_mac
from consent.models.history import Act, ChainHead

BATCH = 500
PLACE = "UPDATE consent_act SET number = %s, hash = %s, mac = %s WHERE id = %s AND number IS NULL"
_busy = threading.Lock()


def link() -> int:
    """Give every committed act its place, oldest first, and return how many. Waits for others."""
    linked = 0
    while batch := _link_batch(ChainHead.objects.select_for_update()):
        linked += batch
    return linked


def link_if_free() -> int:
    """Do what `link` does, or nothing while somebody else is at it, here or elsewhere."""
    if not _busy.acquire(blocking=False):
        return 0
    try:
        linked = 0
        # SQLite has one lock for all writers: BEGIN has waited for it.
        while batch := _link_batch(ChainHead.objects.select_for_update(skip_locked=True)):
            linked += batch
        return linked
    finally:
        _busy.release()


@transaction.atomic
def _link_batch(heads: QuerySet[ChainHead]) -> int:
    head = heads.first() or _first_head(heads)
    if head is None:
        return 0
    acts = list(Act.objects.filter(number=None).order_by("at", "id")[:BATCH])
    if not acts:
        return 0
    number, row_hash = head.number, head.hash
    for act in acts:
        number += 1
        row_hash = chained(number, row_hash, act_members(act), act.seal)
        act.number, act.hash, act.mac = number, row_hash, link_mac(row_hash)
    _write(acts)
    ChainHead.objects.filter(pk=head.pk).update(number=number, hash=row_hash)
    return len(acts)


def _first_head(heads: QuerySet[ChainHead]) -> ChainHead | None:
    """Return the head of an empty chain, locked; None while somebody else holds it."""
    ChainHead.objects.bulk_create([ChainHead(hash=FIRST_HASH)], ignore_conflicts=True)
    return heads.first()


def _write(acts: Iterable[Act]) -> None:
    key = Act._meta.get_field("id")  # noqa: SLF001 - Django's documented name
    rows = [
        (act.number, act.hash, act.mac, key.get_db_prep_value(act.pk, connection)) for act in acts
    ]
    with connection.cursor() as cursor:
        cursor.executemany(PLACE, rows)
