"""Recording that what was granted for a time has ended."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from consent.models.decision import DecisionOutcome, ScopeDecision
from foundation.journal.entries import Entry
from foundation.journal.models.kinds import Actor, Kind
from foundation.journal.recording import record

BATCH = 500


def record_expired(now: datetime | None = None, **which: Any) -> int:
    """Record every grant of a scope that has ended by itself, once; return how many were found.

    `which` are lookups that narrow the decisions. Safe at any time and twice at once: an act is
    known by its decision.
    """
    now = now or timezone.now()
    ended = ScopeDecision.objects.filter(
        outcome=DecisionOutcome.GRANTED, expires_at__lte=now, expiry_recorded_at=None, **which
    )
    found = 0
    while batch := list(ended.select_related("grant").order_by("expires_at")[:BATCH]):
        with transaction.atomic():
            record(entries_of(batch))
            for decision in batch:
                # Only if it is still the one that was read: a newer one has an end of its own.
                same = ScopeDecision.objects.filter(pk=decision.pk, decided_at=decision.decided_at)
                same.update(expiry_recorded_at=now)
        found += len(batch)
    return found


def entries_of(decisions: Iterable[ScopeDecision]) -> list[Entry]:
    """Return the acts of these having ended; what was taken back before did not end by itself."""
    return [
        Entry(
            kind=Kind.EXPIRED,
            actor=Actor.SYSTEM,
            person=decision.user_id,
            client=decision.client_id,
            grant=decision.grant_id,
            scope=decision.scope,
            text_version=decision.text_version,
            at=decision.expires_at,
            occasion=f"expired {decision.pk} {decision.decided_at.isoformat()}",
        )
        for decision in decisions
        if _was_standing(decision)
    ]


def _was_standing(decision: ScopeDecision) -> bool:
    revoked_at = decision.grant.revoked_at if decision.grant else None
    return revoked_at is None or (
        decision.expires_at is not None and revoked_at > decision.expires_at
    )
