"""One small company, in both dialects."""

from typing import Any

import pytest

from scopeward_guard.sql import Catalogue, SqlRefusedError, derive

SCHEMAS: dict[str, dict[str, list[str]]] = {
    "public": {
        "payments": ["id", "amount", "card_number", "region", "customer_id"],
        "refunds": ["id", "payment_id", "total"],
        "Payments": ["secret"],
    },
    "hr": {"employees": ["id", "name", "salary"], "twins": ["id"]},
    "ops": {"twins": ["id"], "odd.name": ["id"], "dotted": ["a.b", "c"]},
}
POSTGRES = Catalogue("postgres", SCHEMAS)
DUCKDB = Catalogue(
    "duckdb",
    {**SCHEMAS, "public": {k: v for k, v in SCHEMAS["public"].items() if k != "Payments"}},
)
PAYMENTS = [f"public.payments.{column}" for column in sorted(SCHEMAS["public"]["payments"])]
REFUNDS = [f"public.refunds.{column}" for column in sorted(SCHEMAS["public"]["refunds"])]


def columns(statement: str, catalogue: Catalogue = POSTGRES) -> list[str]:
    """Return the columns the statement reads."""
    return list(derive(statement, catalogue).columns)


def of(table: str, *names: str) -> list[str]:
    """Return the columns of one table, as a derivation says them."""
    return sorted(f"{table}.{name}" for name in names)


def reason(statement: str, catalogue: Catalogue = POSTGRES) -> str:
    """Return why the statement is refused; fail when it is not."""
    with pytest.raises(SqlRefusedError) as refusal:
        derive(statement, catalogue)
    return refusal.value.reason


def as_json(catalogue: Catalogue) -> dict[str, Any]:
    """Return what the catalogue file holds."""
    return {"dialect": catalogue.dialect.name, "schemas": SCHEMAS}
