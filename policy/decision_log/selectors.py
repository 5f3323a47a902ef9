"""Reads: one decision by its reference, and questions to ask again."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from policy.models import LoggedDecision
from scopeward_guard.vocabulary import (
    Action,
    Decision,
    Entity,
    Evaluation,
    parse_decision,
    read_reference,
)


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


def answer_of(row: LoggedDecision) -> Decision:
    """Return the decision of a row, as it was given."""
    context = {"reasons": row.reasons, "policies": row.policies, "obligations": row.obligations}
    remedy = {"remedy": row.remedy} if row.remedy else {}
    said = {"decision": row.permit, "context": {**context, **remedy, "policy_rev": row.revision}}
    return parse_decision(said)


def refusals_of(subject: str, *, reference: str = "") -> QuerySet[LoggedDecision]:
    """Return the denials of one person, newest first; with a reference as they typed it, that."""
    rows = LoggedDecision.objects.filter(subject=subject, subject_type="user", permit=False)
    if reference:
        rows = rows.filter(reference=read_reference(reference) or "-")
    return rows.order_by("-decided_at", "-id")


def decisions_under(reference: str) -> list[LoggedDecision]:
    """Return what is logged under a reference that somebody typed. One statement at most."""
    canonical = read_reference(reference)
    if canonical is None:
        return []
    return list(LoggedDecision.objects.filter(reference=canonical).order_by("-decided_at")[:20])


def simulation_of(row: LoggedDecision) -> str:
    """Return where an administrator asks the same again; "" without a policy set, or too large."""
    from policy.models import PolicySet

    key = PolicySet.objects.filter(audience=row.audience).values_list("pk", flat=True).first()
    if key is None or not row.is_complete:
        return ""
    return f"{reverse('admin:policy_policyset_simulate', args=[key])}?reference={row.reference}"
