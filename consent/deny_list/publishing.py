"""Putting something on the deny-list: in the transaction that takes it back, shared after it."""

import time
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from claims.clearing import delete_in_batches
from consent.deny_list import redis_copy
from consent.deny_list.entries import Kind
from consent.models import DenyListEntry

CLOCKS_DIFFER = 1
"""Seconds that the clock of another replica may be ahead; its tokens say when they were issued."""


def deny_grants(grant_ids: Iterable[UUID], *, scopes: Collection[str] | None = None) -> None:
    """Refuse tokens issued from the grants so far: those with one of the scopes, or all of them.

    Tokens issued later count: what has been taken back can be allowed again. Call it in the
    transaction that changes the grant, once its row is locked.
    """
    before = int(time.time()) + CLOCKS_DIFFER
    names = None if scopes is None else sorted(scopes)
    values = [{"grant_id": str(pk), "scopes": names, "before": before} for pk in grant_ids]
    _publish(Kind.GRANT, values)


def deny_families(families: Iterable[UUID]) -> None:
    """Refuse every token of these families, for good."""
    _publish(Kind.FAMILY, [family.hex for family in families])


def deny_token(jti: str) -> None:
    """Refuse one token."""
    _publish(Kind.TOKEN, [{"jti": jti}])


def clear_expired() -> int:
    """Delete entries about tokens that have expired; return how many."""
    return delete_in_batches(DenyListEntry.objects.filter(expires_at__lte=timezone.now()))


def _publish(kind: Kind, values: list[Any]) -> None:
    expires_at = timezone.now() + timedelta(seconds=settings.DENY_LIST_LIFETIME)
    entries = [DenyListEntry(kind=kind, value=value, expires_at=expires_at) for value in values]
    if not entries:
        return

    def share() -> None:
        redis_copy.add(entries)

    with transaction.atomic():
        DenyListEntry.objects.bulk_create(entries)
        # Robust: what is taken back stays so when Redis cannot be told; see redis_copy.
        transaction.on_commit(share, robust=True)
