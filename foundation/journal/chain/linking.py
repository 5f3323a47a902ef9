"""Linking acts into the chain: in batches, by one at a time, apart from those who write acts.

See docs/decisions/0008-history.md for why, and for what it costs.
"""

import threading
import time
from collections.abc import Iterable
from functools import partial

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet

from foundation.journal.chain.canonical import FIRST_HASH, act_members, canonical, chained, link_mac
from foundation.journal.chain.heads import newest_head
from foundation.journal.chain.inspection import is_sealed_by_us
from foundation.journal.chain.memory import Last, MemoryUnusableError, remember, remembered
from foundation.journal.models.history import Act, ChainHead, Segment

log = structlog.get_logger(__name__)
BATCH = 500
PAUSE = 10.0
"""Seconds in which nobody waits again for a memory that was away."""
PLACE = "UPDATE journal_act SET number = %s, hash = %s, mac = %s WHERE id = %s AND number IS NULL"
_busy = threading.Lock()
_not_before = 0.0


class HistoryWentBackError(Exception):
    """The chain does not hold the row that was linked last: nothing is linked to what is left."""


def link() -> int:
    """Give every committed act its place, oldest first, and return how many. Waits for others.

    Raises HistoryWentBackError, and MemoryUnusableError when nobody can say what was last.
    """
    linked = 0
    while batch := _link_batch(ChainHead.objects.select_for_update()):
        linked += batch
    return linked


def link_if_free() -> int:
    """Do what `link` does, or nothing while somebody else is at it, here or elsewhere.

    What cannot be linked waits for the worker, who says so: whoever decides something is not kept.
    """
    global _not_before  # noqa: PLW0603 - one for the process
    if time.monotonic() < _not_before or not _busy.acquire(blocking=False):
        return 0
    linked = 0
    try:
        # SQLite has one lock for all writers: BEGIN has waited for it.
        while batch := _link_batch(ChainHead.objects.select_for_update(skip_locked=True)):
            linked += batch
    except MemoryUnusableError as error:
        _not_before = time.monotonic() + PAUSE
        log.warning("history_not_linked", reason=str(error))
    finally:
        _busy.release()
    return linked


@transaction.atomic
def _link_batch(heads: QuerySet[ChainHead]) -> int:
    head = hold_head(heads)
    if head is None:
        return 0
    acts = list(Act.objects.filter(number=None).order_by("at", "id")[:BATCH])
    if not acts:
        return 0
    check_not_back(head)
    number, row_hash = head.number, head.hash
    for act in acts:
        number += 1
        row_hash = chained(number, row_hash, canonical(act_members(act)), act.seal)
        act.number, act.hash, act.mac = number, row_hash, link_mac(row_hash)
    _write(acts)
    ChainHead.objects.filter(pk=head.pk).update(number=number, hash=row_hash)
    transaction.on_commit(partial(remember, Last(number, row_hash)))
    return len(acts)


def last_linked() -> Last | None:
    """Return the row that was linked last, as far as anything outside the database tells."""
    last = remembered()
    if last is None and (exported := newest_head()):
        last = Last(exported.number, exported.hash)
    return last


def check_not_back(head: ChainHead) -> None:
    """Raise HistoryWentBackError unless the chain still holds the row that was linked last.

    Where nothing is remembered, the newest exported head counts. `head` has to be held still.
    """
    last = last_linked()
    if last is None or _holds(head, last):
        return
    raise HistoryWentBackError(
        f"Row {last.number} had been linked, and is not in the chain any more, which ends at "
        f"row {head.number}. Nothing is linked until that is explained: verify_history, and after "
        "a restore accept_history_end."
    )


def _holds(head: ChainHead, last: Last) -> bool:
    if head.number <= last.number:
        return (head.number, head.hash) == (last.number, last.hash)
    found = Act.objects.filter(number=last.number).values_list("hash", flat=True).first()
    if found is not None:
        return found == last.hash
    sealed = Segment.objects.filter(first__lte=last.number, last__gte=last.number).first()
    if sealed is None or not is_sealed_by_us(sealed):
        return False
    return sealed.last != last.number or sealed.last_hash == last.hash


def hold_head(heads: QuerySet[ChainHead]) -> ChainHead | None:
    """Return the head, locked as `heads` says, also of an empty chain; None: others have it."""
    if (head := heads.first()) is not None:
        return head
    ChainHead.objects.bulk_create([ChainHead(hash=FIRST_HASH)], ignore_conflicts=True)
    return heads.first()


def _write(acts: Iterable[Act]) -> None:
    key = Act._meta.get_field("id")  # noqa: SLF001 - Django's documented name
    rows = [
        (act.number, act.hash, act.mac, key.get_db_prep_value(act.pk, connection)) for act in acts
    ]
    with connection.cursor() as cursor:
        cursor.executemany(PLACE, rows)
