"""Writes: a decision, or a batch of them that were made elsewhere."""

import hashlib
import json
import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Unpack

from django.conf import settings
from django.utils import timezone

from policy.decision_log.entries import DecisionEntry, Labels
from policy.decision_log.outbox import Outbox
from policy.decision_log.writing import append
from scopeward_guard.vocabulary import (
    Decision,
    Evaluation,
    is_sampled,
    new_reference,
    read_reference,
    reference_of,
)

logger = logging.getLogger("scopeward.policy")

LEEWAY = timedelta(minutes=5)
"""So far ahead of ours may the clock of somebody else be."""


def record(evaluation: Evaluation, decision: Decision, **labels: Unpack[Labels]) -> str:
    """Log a decision and return its reference, which is what to tell people who are refused.

    Every denial is logged, and one in so many permits. Nobody waits for the database, and whatever
    goes wrong with the log leaves the decision as it is: this never raises.
    """
    entry = entry_of(evaluation, decision, **labels)
    try:
        if _is_kept(entry):
            outbox.put(entry)
    except Exception:
        logger.exception("decision %s is not in the log", entry.reference)
    return entry.reference


def record_batch(entries: Iterable[DecisionEntry]) -> int:
    """Log decisions that were made elsewhere, now, and return how many had not been there yet.

    An entry with the source, audience and decision_id of another one is the same decision.
    """
    return append([entry for entry in entries if _is_kept(entry)])


def entry_of(evaluation: Evaluation, decision: Decision, **labels: Unpack[Labels]) -> DecisionEntry:
    """Return a decision as the log takes it, with its reference.

    A `decision_id` that is a reference is the reference; any other always gives the same one.
    """
    source, audience = labels["source"], labels["audience"]
    decision_id = labels.get("decision_id") or new_reference()
    now = timezone.now()
    decided_at = labels.get("decided_at") or now
    said = evaluation.context.get("client_id")
    return DecisionEntry(
        evaluation=evaluation,
        decision=decision,
        reference=_reference(source, audience, decision_id),
        source=source,
        audience=audience,
        decision_id=decision_id,
        decided_at=now if decided_at > now + LEEWAY else decided_at,
        client_id=labels.get("client_id") or (said if isinstance(said, str) else ""),
        application=labels.get("application", ""),
    )


def flush() -> int:
    """Write what is queued in this process and return how many decisions that were."""
    return outbox.flush()


def _reference(source: str, audience: str, decision_id: str) -> str:
    if read_reference(decision_id) == decision_id:
        return decision_id
    named = json.dumps([settings.SECRET_KEY, source, audience, decision_id])
    return reference_of(hashlib.sha256(named.encode("utf-8", "replace")).digest())


def _is_kept(entry: DecisionEntry) -> bool:
    one_in = settings.SCOPEWARD.decision_log_permits
    return not entry.decision.permit or is_sampled(entry.reference, one_in)


outbox = Outbox(append)
