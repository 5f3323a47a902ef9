"""Asking the policy in force. Whatever goes wrong on the way is a denial."""

import logging

from policy.selectors import policy_for
from scopeward_guard.authzen import Decision, Evaluation

UNDECIDED = Decision(permit=False, reasons=("This question could not be decided.",))

logger = logging.getLogger("scopeward.policy")


def decide(audience: str, evaluation: Evaluation) -> Decision | None:
    """Return the decision of an audience's policy; None where it has none. Warm: no statement."""
    policy = policy_for(audience)
    if policy is None:
        return None
    try:
        return policy.decide(evaluation)
    except Exception:
        logger.exception("policy of %s failed", audience)
        return UNDECIDED
