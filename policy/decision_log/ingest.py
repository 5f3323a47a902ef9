"""A batch of decisions as a guard sends it.

{"audience": "https://warehouse.example", "decisions": [
{"decision_id": "k7mq2-x9d4r", "decided_at": 1790000000.5,
"evaluation": {…AuthZEN 1.0 §6.1…}, "decision": {…§6.2…}}]}
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from policy.decision_log.entries import DecisionEntry
from policy.decision_log.services import entry_of
from scopeward_guard.vocabulary import (
    MalformedError,
    check_bounds,
    parse_decision,
    parse_evaluation,
    read_reference,
)

MAX_DECISIONS = 100
LATEST = 2**32
"""Seconds since 1970; later than any clock that is only wrong by a little."""


def parse_batch(body: Mapping[str, Any], audience: str) -> list[DecisionEntry]:
    """Return the entries of a batch for `audience`; raises `MalformedError`: all of it or none."""
    if body.get("audience") != audience:
        raise MalformedError("audience must be the resource server that sends the batch")
    decisions = body.get("decisions")
    if not isinstance(decisions, list) or not 0 < len(decisions) <= MAX_DECISIONS:
        raise MalformedError(f"decisions must be a list of 1 to {MAX_DECISIONS}")
    return [_entry(entry, audience) for entry in decisions]


def _entry(entry: Any, audience: str) -> DecisionEntry:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("decision"), Mapping):
        raise MalformedError("a decision is an object with evaluation and decision")
    check_bounds(entry["decision"])
    return entry_of(
        parse_evaluation(entry.get("evaluation")),
        parse_decision(entry["decision"]),
        source="guard",
        audience=audience,
        decision_id=_reference(entry.get("decision_id")),
        decided_at=_moment(entry.get("decided_at")),
    )


def _reference(value: Any) -> str:
    if not isinstance(value, str) or read_reference(value) != value:
        raise MalformedError("decision_id must be a reference such as k7mq2-x9d4r")
    return value


def _moment(value: Any) -> datetime:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value < LATEST:
        raise MalformedError("decided_at must be a time in seconds since 1970")
    return datetime.fromtimestamp(value, tz=UTC)
