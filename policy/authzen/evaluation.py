"""Access evaluation (AuthZEN 1.0 §6): one question, and its answer for the wire."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from claims.facts import facts_of
from claims.holders import subjects
from foundation.directory.models import User
from policy.deciding import decide
from scopeward_guard.vocabulary import (
    Decision,
    Entity,
    Evaluation,
    MalformedError,
    parse_evaluation,
)

NO_POLICY = Decision(permit=False, reasons=("There is no policy for this resource server.",))
NOT_ACTIVE = Decision(permit=False, reasons=("This person is not active.",))


def evaluate(audience: str, body: Any) -> dict[str, Any]:
    """Return the response to a request; raises `MalformedError`.

    What is known here of a person counts wherever the caller says nothing else. One statement for
    a person, none for any other subject.
    """
    return answer(audience, read(body))


def answer(audience: str, evaluation: Evaluation) -> dict[str, Any]:
    """Decide and log a question, and return the response."""
    known = known_subject(evaluation.subject)
    if known is None:
        return NOT_ACTIVE.as_json()
    answered = decide(
        audience,
        replace(evaluation, subject=known),
        source="authzen",
        is_all_known=known is not evaluation.subject,
    )
    if answered is None:
        return NO_POLICY.as_json()
    body = answered.decision.as_json()
    if not answered.decision.permit:
        body["context"]["reference"] = answered.reference
    return body


def read(body: Any) -> Evaluation:
    """Return the question of a request; raises `MalformedError`.

    `context.time` may be a date and time (RFC 3339), as in the examples of the specification.
    """
    evaluation = parse_evaluation(body)
    said = evaluation.context.get("time")
    if not isinstance(said, str):
        return evaluation
    return replace(evaluation, context={**evaluation.context, "time": _seconds(said)})


def known_subject(subject: Entity) -> Entity | None:
    """Return a subject with what is known of it; None for a person who may do nothing."""
    key = person_key(subject)
    if key is None:
        return subject
    known = subjects([key]).get(key)
    if known is not None:
        return replace(subject, properties={**facts_of(known), **subject.properties})
    is_known = User.objects.filter(pk=key).exists()
    return None if is_known else subject


def person_key(subject: Entity) -> UUID | None:
    """Return the key of the person that a subject may be; None where it cannot be one of ours."""
    try:
        return UUID(subject.id) if subject.type == "user" else None
    except ValueError:
        return None


def _seconds(said: str) -> float:
    try:
        moment = datetime.fromisoformat(said)
        if moment.tzinfo is None:
            raise MalformedError("context.time has no offset")
        return moment.timestamp()
    except (ValueError, OverflowError) as error:
        raise MalformedError("context.time is not a date and time") from error
