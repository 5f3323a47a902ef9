"""Policies and questions for the tests of deciding."""

from typing import Any

from scopeward_guard._authzen import Action, Decision, Entity, Evaluation
from scopeward_guard.cedar import CedarPolicy, Label, PolicyDocument

NOON = 43_200
LABELS = (
    Label(pattern="hr.*", sensitivity=2, owners=("grace",), tags=("pii",)),
    Label(pattern="public.*", sensitivity=0),
)
COLUMNS = ("hr.employees.salary",)


def policy(text: str, **document: Any) -> CedarPolicy:
    known = {"acr_levels": ("low", "high"), "labels": LABELS, **document}
    return CedarPolicy(PolicyDocument(audience="https://warehouse.example", policies=text, **known))


def query(columns: tuple[str, ...] = COLUMNS, **properties: Any) -> Entity:
    tables = sorted({column.rpartition(".")[0] for column in columns})
    known = {"columns": list(columns), "tables": tables, "scopes": ["db:hr"], **properties}
    return Entity(type="query", id="warehouse", properties=known)


def asked(
    *,
    subject: dict[str, Any] | None = None,
    resource: Entity | None = None,
    action: str = "select",
    client: bool = False,
    **context: Any,
) -> Evaluation:
    return Evaluation(
        subject=Entity(type="client" if client else "user", id="ada", properties=subject or {}),
        action=Action(name=action),
        resource=resource or query(),
        context={"time": NOON, "scopes": [], **context},
    )


def decided(text: str, evaluation: Evaluation | None = None, **document: Any) -> Decision:
    return policy(text, **document).decide(evaluation or asked())
