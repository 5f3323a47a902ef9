"""Decisions to log."""

from typing import Any

from policy.decision_log import services
from policy.decision_log.entries import DecisionEntry
from policy.models import LoggedDecision
from scopeward_guard._authzen import Action, Decision, Entity, Evaluation, Remedy
from scopeward_guard._base.references import is_sampled, new_reference

WAREHOUSE = "https://warehouse.example"
SALARY = "hr.employees.salary"
DENIED = Decision(
    permit=False,
    reasons=("Salaries are for the personnel department.",),
    policies=("personnel-only",),
    policy_rev="r1",
)
PERMITTED = Decision(permit=True, policies=("all",), policy_rev="r1")
APPROVABLE = Decision(
    permit=False, reasons=("Somebody has to approve this.",), remedy=Remedy(approval=True)
)


def question(subject: Any = "ada", **said: Any) -> Evaluation:
    """Return whether somebody may read salaries. `facts`, `properties` and `context` add to it."""
    return Evaluation(
        subject=Entity(
            type=said.get("subject_type", "user"),
            id=str(subject),
            properties={"department": "finance", "clearance": 2, **said.get("facts", {})},
        ),
        action=Action(name=said.get("action", "select")),
        resource=Entity(
            type=said.get("resource_type", "query"),
            id=said.get("resource", "warehouse"),
            properties={
                "columns": [SALARY],
                "tables": ["hr.employees"],
                **said.get("properties", {}),
            },
        ),
        context={"time": 1_790_000_000, "client_id": "desk", **said.get("context", {})},
    )


def logged(decision: Decision = DENIED, **said: Any) -> LoggedDecision:
    """Log a decision about a question and return its row."""
    labels = {name: said.pop(name) for name in list(said) if name in LABELS}
    entry = entry_of(decision, **said, **labels)
    assert services.record_batch([entry]) == 1
    return LoggedDecision.objects.get(reference=entry.reference)


def entry_of(decision: Decision = DENIED, **said: Any) -> DecisionEntry:
    """Return an entry that is kept, whatever is sampled."""
    labels = {name: said.pop(name) for name in list(said) if name in LABELS}
    given = {"source": "guard", "audience": WAREHOUSE, "decision_id": kept_reference(), **labels}
    return services.entry_of(question(**said), decision, **given)  # type: ignore[typeddict-item]


def kept_reference(one_in: int = 10) -> str:
    """Return a reference that a permit is kept under."""
    return next(r for r in iter(new_reference, "") if is_sampled(r, one_in))


def dropped_reference(one_in: int = 10) -> str:
    """Return a reference that a permit is not kept under."""
    return next(r for r in iter(new_reference, "") if not is_sampled(r, one_in))


LABELS = ("source", "audience", "client_id", "application", "decided_at", "decision_id")
