"""Ordinary statements are allowed, and answer what they answered before they were rewritten."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import duckdb
import psycopg
import pytest
from django.conf import settings

from scopeward_guard.sql import Catalogue, SqlRefusedError, derive, rewrite
from tests.guard.sql.shop import catalogue_for, lines_of, questions, statements_for, tables_for

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
        connection.execute("ANALYZE")

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
        for table in map(shop.catalogue.named, names_of(tables_for(shop.dialect)))
    }
    refused = []
    for statement in statements:
        before = as_set(shop.rows(statement))
        try:
            derivation = derive(statement, shop.catalogue)
        except SqlRefusedError as refusal:
            refused.append(f"{refusal.reason} | {statement}")
            continue
        assert as_set(shop.rows(rewrite(derivation))) == before, statement
        if "SAMPLE" not in statement:
            fenced = rewrite(derivation, row_filters=everything)
            assert as_set(shop.rows(fenced)) == before, statement
    assert len(refused) <= (1 - enough) * len(statements), "\n".join(refused)


def names_of(lines: Iterable[str]) -> list[str]:
    return [f"shop.{line.split()[2]}" for line in lines if line.startswith("CREATE")]


@pytest.mark.parametrize("dialect", ["postgres", "duckdb"])
def test_there_are_enough_statements(dialect: str) -> None:
    assert len(set(statements_for(dialect))) >= 300


def test_each_of_the_99_questions_of_tpc_ds_has_one_statement() -> None:
    numbers, statements = zip(*questions(), strict=True)
    assert numbers == tuple(range(1, 100))
    assert list(statements) == lines_of("tpcds")
    assert len(set(statements)) == len(statements)


def test_each_of_the_99_questions_of_tpc_ds_needs_what_it_names() -> None:
    """Their columns are named as in no other table, so a list of words tells which are read."""
    catalogue = catalogue_for("postgres")
    made = names_of(lines_of("tpcds_tables"))
    tables = {table: catalogue.columns(catalogue.named(table)) for table in made}
    for number, statement in questions():
        words = set(re.findall(r"\w+", re.sub(r"'[^']*'", "", statement)))
        derivation = derive(statement, catalogue)
        named = {table for table in tables if table.removeprefix("shop.") in words}
        read = {f"{table}.{column}" for table in named for column in tables[table]}
        read = {name for name in read if name.rpartition(".")[2] in words}
        assert set(derivation.tables) == named, number
        assert read <= set(derivation.columns), number
        assert "SELECT *" in statement or read == set(derivation.columns), number


@pytest.mark.long
def test_each_of_the_99_questions_of_tpc_ds_finds_something(embedded: Shop) -> None:
    """Nothing is always the same as nothing, whatever was made of the statement."""
    nothing = {0, None}
    empty = [
        number
        for number, statement in questions()
        if all(set(row) <= nothing for row in embedded.rows(statement))
    ]
    assert not empty


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
