"""Running an admitted query: what policy demands becomes part of the SQL that is run.

An approval lifts none of it: approved or not, rows and values are those that policy leaves.
"""

import datetime
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from scopeward_guard.admission import Admission
from scopeward_guard.authzen import Obligation
from scopeward_guard.sql import Derivation, rewrite
from warehouse.store import Store

UNDERSTOOD = frozenset({"row_filter", "mask", "row_limit"})
"""The obligations that `Duties` carries out."""


@dataclass(frozen=True)
class Duties:
    """What policy demands of one query, as `scopeward_guard.sql.rewrite` wants it."""

    row_filters: Mapping[str, exp.Expr]
    masks: Mapping[str, str]
    allowed: Mapping[str, tuple[str, ...]]
    """`{table: values}`: the same as `row_filters`, for people."""
    max_rows: int


def duties_of(obligations: Iterable[Obligation], max_rows: int) -> Duties:
    """Return what is to be carried out; several of a kind on one thing all count."""
    filters: dict[str, exp.Expr] = {}
    masks: dict[str, str] = {}
    allowed: dict[str, tuple[str, ...]] = {}
    for obligation in obligations:
        said = obligation.parameters
        if obligation.id == "row_filter":
            table, values = said["table"], tuple(v for v in said["in"] if isinstance(v, str))
            condition = _one_of(said["column"], values)
            filters[table] = exp.and_(filters[table], condition) if table in filters else condition
            allowed[table] = tuple(v for v in values if v in allowed.get(table, values))
        elif obligation.id == "mask":
            masks[said["column"]] = said["kind"]
        elif obligation.id == "row_limit":
            max_rows = min(max_rows, said["rows"])
    return Duties(filters, masks, allowed, max_rows)


def run(admission: Admission, derivation: Derivation, store: Store) -> dict[str, Any]:
    """Run the query once and return the answer; raises `StatementError` and `Refused`."""
    duties = duties_of(admission.obligations, admission.query.max_rows)
    with admission:
        # One row more than is handed out says whether there were more.
        statement = rewrite(derivation, duties.row_filters, duties.masks, duties.max_rows + 1)
        found = store.run(statement, admission.query.parameters, max_rows=duties.max_rows + 1)
        rows = [[as_json(value) for value in row] for row in found.rows[: duties.max_rows]]
        admission.executed(len(rows))
    return {
        "columns": list(found.columns),
        "rows": rows,
        "row_count": len(rows),
        "truncated": len(found.rows) > duties.max_rows,
        "policy": _told(duties, admission.policy_rev),
        "approval_id": admission.approval_id or None,
    }


def as_json(value: Any) -> Any:
    """Return a value as JSON can carry it exactly: decimals, dates and the rest as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    # No float of JSON is a decimal, and neither NaN nor infinity is JSON.
    return value if isinstance(value, float) and math.isfinite(value) else str(value)


def _one_of(column: str, values: tuple[str, ...]) -> exp.Expr:
    if not values:
        return exp.false()
    return exp.column(column).isin(*[exp.Literal.string(value) for value in values])


def _told(duties: Duties, revision: str) -> dict[str, Any]:
    return {
        "masked": [{"column": column, "kind": kind} for column, kind in duties.masks.items()],
        "filtered": [
            {"table": table, "project": list(values)} for table, values in duties.allowed.items()
        ],
        "max_rows": duties.max_rows,
        "rev": revision,
    }
