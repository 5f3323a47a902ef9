"""Who may read what: the Warehouse's own policy decision point, asked before every query.

A denial says why in words, and offers a remedy only where one would help: with more consent, or
with an approval of this very query. Nobody can approve away a clearance that is too low.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from scopeward_guard.authzen import Decision, Evaluation, Obligation, Remedy
from warehouse.catalogue import CONFIDENTIAL, INTERNAL, PUBLIC, RESTRICTED, TABLES, sensitivity

POLICY_REVISION = "warehouse-1"
SCOPE_OF_SCHEMA = {"finance": "warehouse:finance", "hr": "warehouse:hr"}
CLEARANCE_FOR = {PUBLIC: 0, INTERNAL: 1, CONFIDENTIAL: 2, RESTRICTED: 2}
LEVELS = ("public", "internal", "confidential", "secret")
ON_APPROVAL = {CONFIDENTIAL, RESTRICTED}
MASKS = {
    "finance.payments.card_number": "last4",
    "finance.payments.iban": "last4",
    "hr.employees.iban": "last4",
}
MOST_ROWS = 1_000


class WarehousePolicy:
    """Decides on evaluations whose resource is a query.

    The resource's properties are `tables` and `columns` as `scopeward_guard.sql` derived them; the
    subject's are the claims of the token; the context holds `scopes` and `approved`.
    """

    def decide(self, evaluation: Evaluation) -> Decision:
        """Return the decision, with the obligations of a permit or the remedy of a denial."""
        tables = evaluation.resource.properties["tables"]
        columns = evaluation.resource.properties["columns"]
        if evaluation.action.name != "select":
            return _deny("The Warehouse is for reading only.")
        if missing := _missing_scopes(tables, evaluation.context["scopes"]):
            return _deny("Your application may not read this yet.", Remedy(scopes=missing))
        clearance = evaluation.subject.properties.get("clearance", 0)
        for column in columns:
            if clearance < CLEARANCE_FOR[sensitivity(column)]:
                return _deny(_too_low(column, clearance))
        sensitive = [column for column in columns if sensitivity(column) in ON_APPROVAL]
        if sensitive and not evaluation.context["approved"]:
            return _deny(
                f"{', '.join(sensitive)}: each query of this is approved by itself.",
                Remedy(approval=True),
            )
        projects = evaluation.subject.properties.get("projects", [])
        return Decision(
            permit=True,
            obligations=tuple(_obligations(tables, columns, projects)),
            policy_rev=POLICY_REVISION,
        )


def _missing_scopes(tables: Sequence[str], held: Sequence[str]) -> tuple[str, ...]:
    needed = {SCOPE_OF_SCHEMA[table.partition(".")[0]] for table in tables}
    return tuple(sorted(needed - set(held)))


def _obligations(
    tables: Sequence[str], columns: Sequence[str], projects: Sequence[str]
) -> Iterator[Obligation]:
    for table in tables:
        if "project" in TABLES[table]:
            condition: dict[str, Any] = {"column": "project", "in": list(projects)}
            yield Obligation(id="row_filter", parameters={"table": table, **condition})
    for column in columns:
        if column in MASKS:
            yield Obligation(id="mask", parameters={"column": column, "kind": MASKS[column]})
    yield Obligation(id="row_limit", parameters={"rows": MOST_ROWS})


def _too_low(column: str, clearance: int) -> str:
    label = sensitivity(column)
    needed = LEVELS[CLEARANCE_FOR[label]]
    return (
        f"{column} is {label}: it takes the clearance {needed}, and yours is {LEVELS[clearance]}."
    )


def _deny(reason: str, remedy: Remedy | None = None) -> Decision:
    return Decision(permit=False, reasons=(reason,), remedy=remedy, policy_rev=POLICY_REVISION)
