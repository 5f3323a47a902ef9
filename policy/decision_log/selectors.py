"""Reads: one decision by its reference, and questions to ask again."""

from dataclasses import dataclass
from datetime import datetime

from policy.decision_log.models import LoggedDecision
from scopeward_guard.authzen import Action, Entity, Evaluation
from scopeward_guard.references import read_reference


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedQuestion:
    """A question that was really asked, and how it was answered then."""

    reference: str
    decided_at: datetime
    evaluation: Evaluation
    permit: bool
    policies: tuple[str, ...]


def recent_questions(audience: str, limit: int) -> list[LoggedQuestion]:
    """Return the last questions about a resource server's data, newest first. One statement.

    Those that were too large to be kept whole are left out.
    """
    rows = LoggedDecision.objects.filter(audience=audience, is_complete=True)
    return [question_of(row) for row in rows.order_by("-decided_at", "-id")[:limit]]


def question_of(row: LoggedDecision) -> LoggedQuestion:
    """Return the question that a row keeps."""
    return LoggedQuestion(
        reference=row.reference,
        decided_at=row.decided_at,
        evaluation=evaluation_of(row),
        permit=row.permit,
        policies=tuple(row.policies),
    )


def evaluation_of(row: LoggedDecision) -> Evaluation:
    """Return the evaluation of a row, as it can be put to a policy again."""
    kept = row.evaluation
    return Evaluation(
        subject=Entity(**kept["subject"]),
        action=Action(**kept["action"]),
        resource=Entity(**kept["resource"]),
        context=kept["context"],
    )


def refusals_under(reference: str) -> list[LoggedDecision]:
    """Return the denials with a reference that somebody typed: one, unless a server made it up."""
    return [row for row in decisions_under(reference) if not row.permit]


def decisions_under(reference: str) -> list[LoggedDecision]:
    """Return what is logged under a reference that somebody typed. One statement at most."""
    canonical = read_reference(reference)
    if canonical is None:
        return []
    return list(LoggedDecision.objects.filter(reference=canonical).order_by("-decided_at")[:20])
