"""Asking the policy in force. Whatever goes wrong on the way is a denial."""

import logging
from dataclasses import dataclass

from policy.decision_log.entries import Source
from policy.decision_log.services import record
from policy.selectors import policy_for
from scopeward_guard.vocabulary import Decision, Evaluation

UNDECIDED = Decision(permit=False, reasons=("This question could not be decided.",))

logger = logging.getLogger("scopeward.policy")


@dataclass(frozen=True)
class RecordedDecision:
    """A decision that counts, and the reference under which it is in the log."""

    decision: Decision
    reference: str


def decide(
    audience: str,
    evaluation: Evaluation,
    *,
    application: str = "",
    source: Source = "provider",
    is_all_known: bool = False,
) -> RecordedDecision | None:
    """Decide, and log it; None where the audience has no policy. Warm: no statement.

    `application` is the name of the application that asks, for whoever reads the log;
    `is_all_known` says that the subject comes with every fact there is.
    """
    decision = foresee(audience, evaluation, is_all_known=is_all_known)
    if decision is None:
        return None
    reference = record(
        evaluation, decision, source=source, audience=audience, application=application
    )
    return RecordedDecision(decision, reference)


def foresee(
    audience: str, evaluation: Evaluation, *, is_all_known: bool = False
) -> Decision | None:
    """Return what the decision would be; nobody acts on it, so it is not logged."""
    policy = policy_for(audience)
    if policy is None:
        return None
    try:
        return policy.decide(evaluation, is_all_known=is_all_known)
    except Exception:
        logger.exception("policy of %s failed", audience)
        return UNDECIDED
