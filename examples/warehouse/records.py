"""One employee's record: policy decides about the record, then about each of its fields."""

from typing import Any

from scopeward_guard import Guard, PresentedRequest, Principal, RequestContext, json_value, record
from warehouse.catalogue import TABLES
from warehouse.store import Store

TABLE = "hr.employees"
COLUMNS = tuple(TABLES[TABLE])
FACTS = ("department", "project")
"""What policy may know of a record."""
SELECT = f"SELECT {', '.join(COLUMNS)} FROM {TABLE} WHERE id = $id"  # noqa: S608 - our own names


class Employees:
    """Reads single employees for whoever may."""

    def __init__(self, guard: Guard, store: Store) -> None:
        self._guard, self._store = guard, store

    def read(
        self, caller: Principal, request: PresentedRequest, employee_id: int
    ) -> dict[str, Any] | None:
        """Return the visible fields, and the names of those withheld; None if there is nobody.

        Raises `RefusedError`.
        """
        context = RequestContext(address=request.address)
        found = self._found(employee_id)
        facts = {name: str(found.get(name, "")) for name in FACTS}
        properties = {"id": employee_id, "table": TABLE, **facts}
        # Whoever is not there is refused in the words for whoever is none of the caller's business.
        self._guard.decide(caller, "read", record(properties), context)
        if not found:
            return None
        names = [f"{TABLE}.{column}" for column in COLUMNS]
        visible = self._guard.visible_fields(caller, names, properties, context)
        shown = [column for column in COLUMNS if f"{TABLE}.{column}" in visible]
        return {
            "employee": {column: json_value(found[column]) for column in shown},
            "withheld": [column for column in COLUMNS if column not in shown],
        }

    def _found(self, employee_id: int) -> dict[str, Any]:
        rows = self._store.run(SELECT, {"id": employee_id}, 1).rows
        return dict(zip(COLUMNS, rows[0], strict=True)) if rows else {}
