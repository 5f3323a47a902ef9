"""Appending rows: four statements at most, however many decisions."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from foundation.base.texts.storable import storable
from policy.decision_log.entries import DecisionEntry
from policy.decision_log.reduction import Reduction, bounded, identifier, without_secrets
from policy.models import LoggedDecision, LoggedName

MOST_NAMES = 50
"""So many resources of one decision can be searched for."""


def append(entries: Sequence[DecisionEntry]) -> int:
    """Append the decisions that are not there yet, and return how many those are."""
    by_key = {key_of(entry): entry for entry in reversed(entries)}
    reduction, now = Reduction(), timezone.now()
    rows = [row_of(entry, key, reduction, now) for key, entry in by_key.items()]
    with transaction.atomic():
        _wait_for_others()
        known = set(LoggedDecision.objects.filter(pk__in=by_key).values_list("pk", flat=True))
        if new := [row for row in rows if row.pk not in known]:
            LoggedDecision.objects.bulk_create(new, ignore_conflicts=True)
            LoggedName.objects.bulk_create(names_of(new), ignore_conflicts=True)
    return len(new)


def _wait_for_others() -> None:
    """Have nobody else append until this transaction ends.

    A partition keeps keys apart, a table in partitions does not. So one at a time looks for what
    is there and appends the rest; what takes time, to make the rows, is done before. SQLite has
    one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock('policy_loggeddecision'::regclass::int)")


def key_of(entry: DecisionEntry) -> UUID:
    """Return the key that a decision always has."""
    named = json.dumps([entry.source, entry.audience, entry.decision_id])
    return UUID(bytes=hashlib.sha256(named.encode("utf-8", "replace")).digest()[:16])


def row_of(entry: DecisionEntry, key: UUID, reduction: Reduction, now: datetime) -> LoggedDecision:
    """Return the row of a decision; how long it is kept counts from now."""
    question, decision = entry.evaluation, entry.decision
    answer = decision.as_json().get("context", {})
    evaluation, is_complete = reduction.of(entry.audience, question)
    return LoggedDecision(
        id=key,
        reference=entry.reference,
        decided_at=entry.decided_at,
        logged_at=now,
        kept_until=now + timedelta(seconds=settings.SCOPEWARD.decision_log_retention),
        source=entry.source,
        audience=storable(entry.audience, 255),
        client_id=storable(entry.client_id, 255),
        application=storable(entry.application, 255),
        subject_type=storable(question.subject.type, 64),
        subject=identifier(question.subject),
        action=without_secrets(question.action.name, 128),
        resource_type=storable(question.resource.type, 64),
        resource=identifier(question.resource),
        permit=decision.permit,
        reasons=[without_secrets(reason, 500) for reason in decision.reasons[:20]],
        policies=[without_secrets(policy, 255) for policy in decision.policies[:MOST_NAMES]],
        obligations=bounded(answer.get("obligations", []), otherwise=[]),
        remedy=bounded(answer.get("remedy"), otherwise=None),
        revision=storable(decision.policy_rev, 64),
        evaluation=evaluation,
        is_complete=is_complete,
    )


def names_of(rows: Iterable[LoggedDecision]) -> list[LoggedName]:
    """Return what the rows can be found by: policies, or that none permitted, and resources."""
    return [
        LoggedName(
            decision=row,
            kind=kind,
            name=name,
            permit=row.permit,
            decided_at=row.decided_at,
            logged_at=row.logged_at,
        )
        for row in rows
        for kind, name in (
            *((LoggedName.Kind.POLICY, name) for name in dict.fromkeys(row.policies or [""])),
            *((LoggedName.Kind.RESOURCE, name) for name in _resources(row)),
        )
    ]


def _resources(row: LoggedDecision) -> list[str]:
    said = row.evaluation["resource"].get("properties", {})
    listed = [said[kind] for kind in ("columns", "tables") if isinstance(said.get(kind), list)]
    inside = [name for names in listed for name in names]
    found = dict.fromkeys(without_secrets(name, 255) for name in (row.resource, *inside))
    return list(found)[:MOST_NAMES]
