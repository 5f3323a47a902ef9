"""Putting something on the deny-list: in the transaction that takes it back, shared after it."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from foundation.base.clearing import delete_in_batches
from foundation.journal.deny_list import redis_copy
from foundation.journal.deny_list.entries import Kind
from foundation.journal.last_minted import last_minted
from foundation.journal.models import DenyListEntry

MEASURED_WITHIN = 1
"""Seconds within which every process knows the database's clock, by which tokens are issued."""


def deny_grants(grant_ids: Iterable[UUID], *, scopes: Collection[str] | None = None) -> None:
    """Refuse tokens issued from the grants so far: those with one of the scopes, or all of them.

    Tokens issued later count: what has been taken back can be allowed again. Call it in the
    transaction that changes the grant, once its row is locked. Three statements.
    """
    ids, now = list(grant_ids), timezone.now()
    if not ids:
        return
    # No less than the newest token, should the database's clock have been set back since.
    newest = last_minted(ids, since=now)
    moments = {pk: max(now, newest.get(pk, now)) for pk in ids}
    names = None if scopes is None else sorted(scopes)
    _publish(
        Kind.GRANT,
        [
            {
                "grant_id": str(pk),
                "scopes": names,
                "before": int(moment.timestamp()) + MEASURED_WITHIN,
            }
            for pk, moment in moments.items()
        ],
        max(moments.values()),
    )


def deny_families(families: Iterable[UUID]) -> None:
    """Refuse every token of these families, for good."""
    _publish(Kind.FAMILY, [family.hex for family in families], timezone.now())


def deny_token(jti: str) -> None:
    """Refuse one token."""
    _publish(Kind.TOKEN, [{"jti": jti}], timezone.now())


def clear_expired() -> int:
    """Delete entries about tokens that have expired; return how many."""
    over = DenyListEntry.objects.filter(expires_at__lte=timezone.now())
    return delete_in_batches(over, by="expires_at")


def _publish(kind: Kind, values: list[Any], newest: datetime) -> None:
    """Write entries about tokens of which the last one was issued at `newest`."""
    expires_at = newest + timedelta(seconds=settings.DENY_LIST_LIFETIME)
    entries = [DenyListEntry(kind=kind, value=value, expires_at=expires_at) for value in values]
    if not entries:
        return

    def share() -> None:
        redis_copy.add(entries)

    with transaction.atomic():
        DenyListEntry.objects.bulk_create(entries)
        # Robust: what is taken back stays so when Redis cannot be told; see redis_copy.
        transaction.on_commit(share, robust=True)
