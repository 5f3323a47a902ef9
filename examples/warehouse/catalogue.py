"""What is in the Warehouse: tables, columns, and how sensitive each column is."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

SCHEMA_REVISION = "2026-11-1"
"""Part of every query's digest: an approval for yesterday's tables is none for today's."""

PUBLIC, INTERNAL, CONFIDENTIAL, RESTRICTED = "public", "internal", "confidential", "restricted"

TABLES: Mapping[str, Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "finance.customers": {
            "id": ("INTEGER", INTERNAL),
            "name": ("VARCHAR", INTERNAL),
            "region": ("VARCHAR", INTERNAL),
            "segment": ("VARCHAR", INTERNAL),
            "email": ("VARCHAR", CONFIDENTIAL),
        },
        "finance.payments": {
            "id": ("INTEGER", INTERNAL),
            "paid_on": ("DATE", INTERNAL),
            "region": ("VARCHAR", INTERNAL),
            "project": ("VARCHAR", INTERNAL),
            "customer_id": ("INTEGER", INTERNAL),
            "method": ("VARCHAR", INTERNAL),
            "currency": ("VARCHAR", INTERNAL),
            "amount": ("DECIMAL(12, 2)", INTERNAL),
            "card_number": ("VARCHAR", RESTRICTED),
            "iban": ("VARCHAR", RESTRICTED),
        },
        "finance.budgets": {
            "project": ("VARCHAR", INTERNAL),
            "quarter": ("VARCHAR", INTERNAL),
            "planned": ("DECIMAL(12, 2)", INTERNAL),
            "spent": ("DECIMAL(12, 2)", INTERNAL),
        },
        "hr.employees": {
            "id": ("INTEGER", INTERNAL),
            "name": ("VARCHAR", INTERNAL),
            "email": ("VARCHAR", INTERNAL),
            "department": ("VARCHAR", INTERNAL),
            "title": ("VARCHAR", INTERNAL),
            "region": ("VARCHAR", INTERNAL),
            "project": ("VARCHAR", INTERNAL),
            "hired_on": ("DATE", INTERNAL),
            "manager_id": ("INTEGER", INTERNAL),
            "salary": ("DECIMAL(12, 2)", CONFIDENTIAL),
            "iban": ("VARCHAR", RESTRICTED),
        },
        "hr.absences": {
            "employee_id": ("INTEGER", INTERNAL),
            "from_day": ("DATE", INTERNAL),
            "days": ("INTEGER", INTERNAL),
            "kind": ("VARCHAR", CONFIDENTIAL),
        },
    }
)
"""`{schema.table: {column: (type, sensitivity)}}`."""


SCOPE_OF_SCHEMA = {"finance": "warehouse:finance", "hr": "warehouse:hr"}


def scopes_for(tables: Iterable[str]) -> frozenset[str]:
    """Return the scopes that reading these tables (`schema.table`) takes."""
    return frozenset(SCOPE_OF_SCHEMA[table.partition(".")[0]] for table in tables)


def schemas() -> dict[str, dict[str, list[str]]]:
    """Return the tables as `scopeward_guard.sql` wants them: `{schema: {table: [column]}}`."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, columns in TABLES.items():
        schema, table = name.split(".")
        found.setdefault(schema, {})[table] = list(columns)
    return found


def document() -> dict[str, Any]:
    """Return what the Warehouse tells of itself: `{schema.table: [{name, type, sensitivity}]}`."""
    return {
        table: [
            {"name": name, "type": kind, "sensitivity": label}
            for name, (kind, label) in columns.items()
        ]
        for table, columns in TABLES.items()
    }
