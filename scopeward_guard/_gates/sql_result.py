"""What a database returned for one statement, and what the resource server answers with."""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scopeward_guard._challenges.challenge import query_failed
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._gates.admission import Permission
from scopeward_guard._gates.sql_duties import SqlDuties


class SqlFailedError(RefusedError):
    """The database did not run a statement (422); `reason` is shown to whoever asked for it."""

    def __init__(self, reason: str) -> None:
        super().__init__(query_failed(reason))
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class SqlRows:
    """What a statement returned."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlResult:
    """The rows that may be handed out, and what was carried out on the way to them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool
    """Whether there were more rows."""
    duties: SqlDuties
    permission: Permission

    def as_json(self) -> dict[str, Any]:
        """Return an answer for the client, every value as JSON can carry it exactly."""
        return {
            "columns": list(self.columns),
            "rows": [[json_value(value) for value in row] for row in self.rows],
            "row_count": len(self.rows),
            "truncated": self.truncated,
            "policy": {
                "masked": [{"column": c, "kind": kind} for c, kind in self.duties.masks.items()],
                "filtered": [
                    {"table": one.table, "column": one.column, "in": list(one.values)}
                    for one in self.duties.filters
                ],
                "max_rows": self.duties.max_rows,
                "rev": self.permission.policy_rev,
            },
            "approval_id": self.permission.approval_id or None,
        }


def result_of(found: SqlRows, duties: SqlDuties, permission: Permission) -> SqlResult:
    """Return what may be handed out of the rows that were found, at most `duties.max_rows`."""
    return SqlResult(
        columns=tuple(found.columns),
        rows=tuple(tuple(row) for row in found.rows[: duties.max_rows]),
        truncated=len(found.rows) > duties.max_rows,
        duties=duties,
        permission=permission,
    )


def json_value(value: Any) -> Any:
    """Return a value as JSON can carry it exactly: decimals, dates and the rest as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    # No float of JSON is a decimal, and neither NaN nor infinity is JSON.
    return value if isinstance(value, float) and math.isfinite(value) else str(value)
