"""The fence on a real PostgreSQL: it keeps hidden rows out of errors, and uses the indexes."""

import os
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings

from scopeward_guard.sql import Catalogue, derive, rewrite

pytestmark = pytest.mark.postgresql

ROWS = 200_000
HIDDEN = 7_777
CATALOGUE = Catalogue(
    "postgres",
    {"sales": {"payments": ["id", "amount", "note", "region"], "wanted": ["payment_id"]}},
)
FILTER = {"sales.payments": "region IN ('R0', 'R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7')"}
TIMES = 3
"""How much slower than the same statement without a filter."""


@pytest.fixture(scope="module")
def database() -> Iterator[psycopg.Connection[Any]]:
    """A database of its own with a table of ROWS rows, every ninth of them hidden."""
    server = settings.DATABASES["default"]
    where = {"host": server["HOST"], "user": server["USER"], "autocommit": True}
    name = f"fence_{os.getpid()}"
    with psycopg.connect(dbname="postgres", **where) as owner:
        owner.execute(f"CREATE DATABASE {name}".encode())
        with psycopg.connect(dbname=name, **where) as connection:
            for statement in (
                "CREATE SCHEMA sales",
                (
                    "CREATE TABLE sales.payments"
                    " (id int PRIMARY KEY, amount int, note text, region text)"
                ),
                (
                    "INSERT INTO sales.payments SELECT i, i % 1000, '12', 'R' || i % 9"
                    f" FROM generate_series(1, {ROWS}) i"
                ),
                "CREATE TABLE sales.wanted (payment_id int)",
                "INSERT INTO sales.wanted SELECT i * 7 FROM generate_series(1, 200) i",
                f"UPDATE sales.payments SET amount = {HIDDEN}, note = 'x' WHERE id = 8",
                "ANALYZE",
            ):
                connection.execute(statement.encode())
            yield connection
        owner.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def milliseconds(database: psycopg.Connection[Any], statement: str) -> float:
    """Return the best of five, after one to warm up."""
    taken = []
    for _ in range(6):
        started = time.perf_counter()
        database.execute(statement.encode()).fetchall()
        taken.append((time.perf_counter() - started) * 1000)
    return min(taken[1:])


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM payments WHERE id = 4711",
        "SELECT amount / 2 FROM payments WHERE id IN (1, 2, 3) ORDER BY amount / 2",
        (
            "SELECT w.payment_id, (SELECT count(*) FROM payments p WHERE p.id = w.payment_id)"
            " FROM wanted w"
        ),
        "SELECT sum(p.amount) FROM wanted w JOIN payments p ON p.id = w.payment_id",
        "WITH p AS (SELECT id, amount FROM payments) SELECT * FROM p WHERE id BETWEEN 5 AND 9",
    ],
)
def test_look_up_by_key_costs_little_more_under_a_filter(
    database: psycopg.Connection[Any], text: str
) -> None:
    derivation = derive(text, CATALOGUE)
    plain = milliseconds(database, rewrite(derivation))
    filtered = milliseconds(database, rewrite(derivation, row_filters=FILTER))

    assert filtered < TIMES * plain + 0.2  # what the network between the two takes


CONDITIONS = [
    "CASE WHEN amount >= {0} THEN CAST(note AS INT) > 0 ELSE true END",
    "amount < {0} OR CAST(note AS INT) > 0",
    "amount < {0} OR 1 / (amount - amount) > 0 AND id = 8 OR amount < 1000",
    "CASE WHEN amount >= {0} THEN CAST(note AS INT) IN (SELECT payment_id FROM wanted) END",
]


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize(
    "text",
    [
        "SELECT count(*) FROM payments WHERE {0}",
        "SELECT count(*) FROM (SELECT * FROM payments WHERE {0}) p WHERE id < 100",
        "SELECT count(*) FROM wanted w JOIN payments p ON p.id = w.payment_id AND ({0})",
        "WITH p AS (SELECT * FROM payments) SELECT count(*) FROM p WHERE {0}",
        "UPDATE payments SET note = note WHERE id < 100 AND ({0})",
        "DELETE FROM payments WHERE id < 100 AND ({0})",
    ],
)
def test_no_error_tells_of_a_hidden_row(
    database: psycopg.Connection[Any], text: str, condition: str
) -> None:
    told = set()
    for guess in (1_000, HIDDEN, HIDDEN + 1):
        derivation = derive(text.format(condition.format(guess)), CATALOGUE)
        try:
            with database.transaction(force_rollback=True):
                database.execute(rewrite(derivation, row_filters=FILTER).encode())
            told.add("answered")
        except psycopg.Error:
            told.add("failed")

    assert len(told) == 1
