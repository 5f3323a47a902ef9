"""What is executed: the checked tree, on top of tables that show what may be seen."""

import hashlib
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from hypothesis import given, strategies as st

from scopeward_guard.sql import SqlRefusedError, derive, rewrite
from tests.guard.sql.conftest import DUCKDB, POSTGRES

PAYMENTS = [
    (1, 10.0, "4111111111111111", "EU", 7),
    (2, 20.5, "5500000000000004", "US", 8),
    (3, 2600.0, "340000000000009", "EU", 8),
    (4, -3.0, None, "EU", None),
    (5, 0.0, "1234", "ASIA", 7),
]
REFUNDS = [(1, 1, 4.0), (2, 2, 5.0), (3, 3, 6.0)]
FILTER = {"public.payments": "region = 'EU'"}
EUROPE = [row for row in PAYMENTS if row[3] == "EU"]
CARD = "public.payments.card_number"


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA public")
    connection.execute("CREATE SCHEMA hr")
    # A column that the catalogue does not know, where a star would find it first.
    connection.execute(
        "CREATE TABLE public.payments (hidden TEXT DEFAULT 'secret', id INT, amount DOUBLE,"
        " card_number TEXT, region TEXT, customer_id INT)"
    )
    connection.execute("CREATE TABLE public.refunds (id INT, payment_id INT, total DOUBLE)")
    fields = "id, amount, card_number, region, customer_id"
    connection.executemany(f"INSERT INTO public.payments ({fields}) VALUES (?,?,?,?,?)", PAYMENTS)
    connection.executemany("INSERT INTO public.refunds VALUES (?,?,?)", REFUNDS)
    yield connection
    connection.close()


def run(database: duckdb.DuckDBPyConnection, text: str, **limits: Any) -> list[tuple[Any, ...]]:
    """Derive, rewrite and execute one statement."""
    parameters = limits.pop("parameters", None)
    return database.execute(rewrite(derive(text, DUCKDB), **limits), parameters).fetchall()


def last4(card: str | None) -> str | None:
    if card is None:
        return None
    return f"•••• {card[-4:]}" if len(card) > 8 else "••••"


def test_star_shows_the_columns_of_the_catalogue_only(database: duckdb.DuckDBPyConnection) -> None:
    assert run(database, "SELECT * FROM payments ORDER BY id") == PAYMENTS


def test_whole_row_is_masked_and_filtered(database: duckdb.DuckDBPyConnection) -> None:
    rows = run(
        database, "SELECT p FROM payments p ORDER BY p.id", row_filters=FILTER,
        masks={CARD: "last4"},
    )  # fmt: skip

    assert [tuple(row.values()) for (row,) in rows] == [
        (*row[:2], last4(row[2]), *row[3:]) for row in EUROPE
    ]


def test_condition_sees_the_masked_value(database: duckdb.DuckDBPyConnection) -> None:
    text = "SELECT count(*) FROM payments WHERE card_number LIKE '4111%'"

    assert run(database, text) == [(1,)]
    assert run(database, text, masks={CARD: "last4"}) == [(0,)]


@pytest.mark.parametrize(
    ("column", "mask", "shown"),
    [
        ("card_number", "null", [None] * 5),
        ("card_number", "last4", [last4(row[2]) for row in PAYMENTS]),
        ("amount", "round", [0.0, 0.0, 3000.0, 0.0, 0.0]),
        ("amount", "round:10", [10.0, 20.0, 2600.0, 0.0, 0.0]),
        ("card_number", "hash:salt", [
            row[2] and hashlib.sha256(f"salt{row[2]}".encode()).hexdigest() for row in PAYMENTS
        ]),
    ],
)  # fmt: skip
def test_mask_shows_instead(
    database: duckdb.DuckDBPyConnection, column: str, mask: str, shown: list[Any]
) -> None:
    rows = run(
        database,
        f"SELECT {column} FROM payments ORDER BY id",
        masks={f"public.payments.{column}": mask},
    )

    assert [value for (value,) in rows] == shown


@pytest.mark.parametrize("mask", ["", "none", "last5", "round:0", "round:x", "hash:'", "null:1"])
def test_unknown_mask_is_refused(mask: str) -> None:
    with pytest.raises(SqlRefusedError, match="not known"):
        rewrite(derive("SELECT 1", DUCKDB), masks={CARD: mask})


@pytest.mark.parametrize(
    "condition",
    ["nothing = 1", "1 = 1; DROP TABLE x", "id IN (SELECT 1)", "true LIMIT 1", "pg_sleep(1)",
     "id = ?", "x.id = 1", "", "true) OR (true", "true GROUP BY id", "true UNION SELECT 1"],
)  # fmt: skip
def test_row_filter_is_one_condition_on_its_own_table(condition: str) -> None:
    if condition == "true) OR (true":
        condition += " OR"
    with pytest.raises(SqlRefusedError):
        rewrite(derive("SELECT 1", DUCKDB), row_filters={"public.payments": condition})


@pytest.mark.parametrize(
    "limits",
    [{"row_filters": {"public.paymets": "true"}}, {"masks": {"public.payments.card": "null"}},
     {"masks": {"card_number": "null"}}],
)  # fmt: skip
def test_protection_of_something_unknown_is_refused(limits: dict[str, Any]) -> None:
    with pytest.raises(SqlRefusedError):
        rewrite(derive("SELECT 1", DUCKDB), **limits)


@pytest.mark.parametrize(
    ("text", "parameters", "rows"),
    [
        ("SELECT id FROM payments ORDER BY id DESC", None, [5, 4]),
        ("SELECT id FROM payments ORDER BY id LIMIT 1", None, [1]),
        ("SELECT id FROM payments ORDER BY id LIMIT 100 OFFSET 1", None, [2, 3]),
        ("SELECT id FROM payments ORDER BY id LIMIT ?", [1], [1]),
        ("SELECT id FROM payments ORDER BY id LIMIT ?", [100], [1, 2]),
        ("SELECT id FROM payments UNION ALL SELECT id FROM refunds ORDER BY id", None, [1, 1]),
        ("(SELECT id FROM payments ORDER BY id LIMIT 3)", None, [1, 2]),
        ("WITH x AS (SELECT id FROM payments) SELECT max(id) FROM x", None, [5]),
        ("SELECT id FROM payments WHERE region = ? AND amount > ? ORDER BY id", ["EU", 5], [1, 3]),
    ],
)
def test_row_limit_bounds_the_rows_of_the_whole(
    database: duckdb.DuckDBPyConnection, text: str, parameters: list[Any] | None, rows: list[int]
) -> None:
    answer = run(database, text, max_rows=2, parameters=parameters)

    assert [value for (value,) in answer] == rows


def test_change_is_held_to_the_row_filter(database: duckdb.DuckDBPyConnection) -> None:
    database.begin()
    run(database, "DELETE FROM payments WHERE id < 3 OR id = 5", row_filters=FILTER)
    left = database.execute("SELECT id FROM public.payments ORDER BY id").fetchall()
    database.rollback()

    assert left == [(2,), (3,), (4,), (5,)]


@pytest.mark.parametrize(
    "text",
    ["INSERT INTO payments (id) VALUES (1)", "UPDATE payments SET region = 'EU'",
     "MERGE INTO payments p USING refunds r ON p.id = r.id WHEN MATCHED THEN DELETE"],
)  # fmt: skip
def test_change_that_could_cross_the_row_filter_is_refused(text: str) -> None:
    with pytest.raises(SqlRefusedError):
        rewrite(derive(text, DUCKDB), row_filters=FILTER)


def test_rows_of_returning_cannot_be_limited() -> None:
    with pytest.raises(SqlRefusedError, match="RETURNING"):
        rewrite(derive("DELETE FROM payments RETURNING id", DUCKDB), max_rows=1)


def test_returning_star_returns_what_the_catalogue_knows(
    database: duckdb.DuckDBPyConnection,
) -> None:
    database.begin()
    rows = run(database, "DELETE FROM payments WHERE id = 1 RETURNING *")
    database.rollback()

    assert rows == PAYMENTS[:1]


def test_left_out_columns_stay_out(database: duckdb.DuckDBPyConnection) -> None:
    rows = run(database, "SELECT * EXCLUDE (card_number, amount) FROM payments WHERE amount > 100")

    assert rows == [(3, "EU", 8)]


@pytest.mark.parametrize("parameter", [":name", "$1", "%(name)s"])
def test_parameter_stays_as_it_was(parameter: str) -> None:
    derivation = derive(f"SELECT id FROM payments WHERE id = {parameter}", POSTGRES)

    assert f'"id" = {parameter}' in rewrite(derivation)


def test_filtered_rows_are_fenced_from_the_statements_own_conditions() -> None:
    derivation = derive("SELECT id FROM payments WHERE 1 / amount > 0", POSTGRES)

    assert "OFFSET 0" in rewrite(derivation, row_filters=FILTER)
    assert "OFFSET 0" not in rewrite(derivation)


COLUMNS = ["id", "amount", "card_number", "region", "customer_id"]
PREDICATES = {
    "true": lambda row: True,
    "amount > 5": lambda row: row[1] > 5,
    "card_number LIKE '%1'": lambda row: row[2] is not None and row[2].endswith("1"),
    "customer_id IS NULL": lambda row: row[4] is None,
    "id IN (SELECT payment_id FROM refunds)": lambda row: row[0] in {1, 2, 3},
    "EXISTS (SELECT 1 FROM refunds r WHERE r.id = p.id)": lambda row: row[0] in {1, 2, 3},
}
SHAPES = [
    "SELECT {what} FROM payments p WHERE {where} ORDER BY p.id",
    "WITH p AS (SELECT * FROM payments) SELECT {what} FROM p WHERE {where} ORDER BY p.id",
    "SELECT {what} FROM (SELECT * FROM payments x) AS p WHERE {where} ORDER BY p.id",
]


@given(
    shape=st.sampled_from(SHAPES),
    shown=st.lists(st.sampled_from(COLUMNS), min_size=1, unique=True),
    where=st.sampled_from(sorted(PREDICATES)),
    row_filter=st.sampled_from(["true", "amount > 5", "customer_id IS NULL"]),
    mask=st.booleans(),
    max_rows=st.none() | st.integers(0, 4),
)
def test_result_is_what_filter_mask_and_limit_leave(
    database: duckdb.DuckDBPyConnection, *, shape: str, shown: list[str], where: str,
    row_filter: str, mask: bool, max_rows: int | None,
) -> None:  # fmt: skip
    text = shape.format(what=", ".join(f"p.{name}" for name in shown), where=where)
    seen = [
        (*row[:2], last4(row[2]) if mask else row[2], *row[3:])
        for row in PAYMENTS
        if PREDICATES[row_filter](row)
    ]
    wanted = [
        tuple(row[COLUMNS.index(name)] for name in shown) for row in seen if PREDICATES[where](row)
    ][:max_rows]

    rows = run(
        database, text, row_filters={"public.payments": row_filter},
        masks={CARD: "last4"} if mask else {}, max_rows=max_rows,
    )  # fmt: skip

    assert rows == wanted


def test_rewriting_leaves_the_derivation_alone() -> None:
    derivation = derive("SELECT * FROM payments WHERE id = :a", POSTGRES)

    assert rewrite(derivation, row_filters=FILTER) == rewrite(derivation, row_filters=FILTER)
    assert "EU" not in rewrite(derivation)
