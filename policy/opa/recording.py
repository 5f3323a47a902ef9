"""Where decisions that an OPA made are kept."""

from collections.abc import Sequence

import structlog

from policy.opa.decision_logs import LoggedDecision

log = structlog.get_logger(__name__)


def record(decisions: Sequence[LoggedDecision]) -> None:
    """Keep decisions, each id once however often it comes. Raises what the store raises."""
    for decision in decisions:
        log.info(
            "opa_decision",
            decision_id=decision.decision_id,
            audience=decision.audience,
            subject=decision.subject,
            action=decision.action,
            resource=f"{decision.resource_type}:{decision.resource_id}",
            permit=decision.permit,
            reasons=decision.reasons,
            revision=decision.revision,
            decided_at=decision.decided_at.isoformat(),
        )
