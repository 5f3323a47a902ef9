"""Ordinary statements are allowed, and answer what they answered before they were rewritten."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import psycopg
import pytest
from django.conf import settings

from scopeward_guard.sql import Catalogue, Refused, derive, rewrite
from tests.guard.sql.shop import catalogue_for, statements_for, tables_for

ENOUGH = 0.98
SAMPLE = 5
"""The quick run takes one statement of so many; the long one takes all."""

Rows = list[tuple[Any, ...]]


class Shop:
    """The shop in one database; `rows` executes a statement as it is."""

    def __init__(self, dialect: str, connection: Any) -> None:
        self.dialect = dialect
        self.catalogue: Catalogue = catalogue_for(dialect)
        self._connection = connection
        for statement in tables_for(dialect):
            connection.execute(statement)

    def rows(self, statement: str) -> Rows:
        written = statement.encode() if self.dialect == "postgres" else statement
        return list(self._connection.execute(written).fetchall())


@pytest.fixture(scope="module")
def embedded() -> Iterator[Shop]:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA shop; SET search_path = 'shop'; SET TimeZone = 'UTC'")
        yield Shop("duckdb", connection)


@pytest.fixture(scope="module")
def served() -> Iterator[Shop]:
    server = settings.DATABASES["default"]
    with psycopg.connect(
        host=server["HOST"], user=server["USER"], dbname="postgres", autocommit=True
    ) as connection:
        connection.execute("CREATE SCHEMA shop")
        connection.execute("SET search_path = shop")
        connection.execute("SET TimeZone = 'UTC'")
        yield Shop("postgres", connection)
        connection.execute("DROP SCHEMA shop CASCADE")


def plain(value: Any) -> Any:
    """Return a value as it compares: 2, 2.0 and Decimal("2.00") are the same number."""
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return f"{float(value):.9g}" if isinstance(value, Decimal | float) else str(value)


def as_set(rows: Rows) -> list[str]:
    return sorted(str(plain(row)) for row in rows)


def check(shop: Shop, statements: list[str], enough: float) -> None:
    """Compare before and after, plain and under filters that leave everything."""
    everything = {
        str(table): f'"{next(iter(shop.catalogue.columns(table).values()))}" IS NOT NULL'
        for table in map(shop.catalogue.named, tables_of(shop))
    }
    refused = []
    for statement in statements:
        before = as_set(shop.rows(statement))
        try:
            derivation = derive(statement, shop.catalogue)
        except Refused as refusal:
            refused.append(f"{refusal.reason} | {statement}")
            continue
        assert as_set(shop.rows(rewrite(derivation))) == before, statement
        if "SAMPLE" not in statement:
            fenced = rewrite(derivation, row_filters=everything)
            assert as_set(shop.rows(fenced)) == before, statement
    assert len(refused) <= (1 - enough) * len(statements), "\n".join(refused)


def tables_of(shop: Shop) -> list[str]:
    made = (line.split()[2] for line in tables_for(shop.dialect) if line.startswith("CREATE"))
    return [f"shop.{name}" for name in made]


@pytest.mark.parametrize("dialect", ["postgres", "duckdb"])
def test_there_are_enough_statements(dialect: str) -> None:
    assert len(set(statements_for(dialect))) >= 200


def test_some_ordinary_statements_answer_the_same_on_duckdb(embedded: Shop) -> None:
    check(embedded, statements_for("duckdb")[::SAMPLE], enough=0.95)


@pytest.mark.long
def test_ordinary_statements_answer_the_same_on_duckdb(embedded: Shop) -> None:
    check(embedded, statements_for("duckdb"), ENOUGH)


@pytest.mark.postgresql
def test_some_ordinary_statements_answer_the_same_on_postgresql(served: Shop) -> None:
    check(served, statements_for("postgres")[::SAMPLE], enough=0.95)


@pytest.mark.postgresql
@pytest.mark.long
def test_ordinary_statements_answer_the_same_on_postgresql(served: Shop) -> None:
    check(served, statements_for("postgres"), ENOUGH)
