"""Rows that a filter leaves out show in nothing: not in an answer, not in an error."""

from collections.abc import Iterator

import duckdb
import pytest

from scopeward_guard.sql import SqlRefusedError, derive, rewrite
from tests.guard.sql.conftest import DUCKDB, POSTGRES, columns, reason

ONE = {"public.payments": "region = 'EU'"}
SEVERAL = {"public.payments": "region IN ('EU', 'ASIA', 'AFRICA', 'OCEANIA', 'LATAM', 'MEA')"}
SECRET = 7_777
"""What the only row outside the filter holds."""


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA public")
    connection.execute(
        "CREATE TABLE public.payments (id INT, amount INT, card_number TEXT, region TEXT,"
        " customer_id INT)"
    )
    connection.execute(
        "INSERT INTO public.payments SELECT i, i % 100, 'none', 'EU', i FROM range(5000) r(i)"
    )
    connection.execute(f"INSERT INTO public.payments VALUES (9999, {SECRET}, 'x', 'US', 1)")
    yield connection
    connection.close()


ORACLES = [
    (
        "SELECT count(*) FROM payments WHERE CASE WHEN amount >= {0}"
        " THEN CAST(card_number AS INT) > 0 ELSE true END"
    ),
    (
        "SELECT count(*) FROM payments p JOIN (VALUES (1), (2)) AS v(n)"
        " ON CASE WHEN p.amount >= {0} THEN CAST(p.card_number AS INT) > v.n ELSE true END"
    ),
    (
        "SELECT count(*) FROM (SELECT CAST(card_number AS INT) AS n, amount FROM payments) p"
        " WHERE amount < {0} OR n > 0"
    ),
    (
        "WITH p AS (SELECT * FROM payments WHERE amount < {0} OR CAST(card_number AS INT) > 0)"
        " SELECT count(*) FROM p"
    ),
    (
        "SELECT id FROM payments WHERE amount < {0} OR CAST(card_number AS INT) > 0"
        " ORDER BY amount LIMIT 1"
    ),
]
CHANGES = [
    "UPDATE payments SET customer_id = 1 WHERE amount < {0} OR CAST(card_number AS INT) > 0",
    "DELETE FROM payments WHERE amount < {0} OR CAST(card_number AS INT) > 0",
]


@pytest.mark.parametrize("rows", [ONE, SEVERAL], ids=["one", "several"])
@pytest.mark.parametrize("text", [*ORACLES, *CHANGES])
def test_no_error_tells_of_a_hidden_row(
    database: duckdb.DuckDBPyConnection, text: str, rows: dict[str, str]
) -> None:
    told = []
    for guess in (100, SECRET, SECRET + 1):
        statement = rewrite(derive(text.format(guess), DUCKDB), row_filters=rows)
        database.begin()
        try:
            database.execute(statement).fetchall()
            told.append("answered")
        except duckdb.Error:
            told.append("failed")
        finally:
            database.rollback()

    assert told == ["answered"] * 3


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM payments WHERE id = 5 AND amount BETWEEN 1 AND 9 OR region IS NULL",
        "SELECT 1 / amount FROM payments WHERE id = :a GROUP BY amount ORDER BY 1 / amount",
        "SELECT r.id, (SELECT count(*) FROM payments p WHERE p.id = r.payment_id) FROM refunds r",
        "SELECT * FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE total > 3",
        "SELECT * FROM payments WHERE region LIKE 'a%' AND lower(region) IN ('x', 'y') LIMIT 3",
        "SELECT sum(amount) FROM payments GROUP BY region HAVING sum(amount / 2) > 1",
        "SELECT * FROM payments WHERE amount > (SELECT avg(total) FROM refunds)",
        "SELECT * FROM payments WHERE region >= CAST('a' AS TEXT) LIMIT 5 OFFSET 2",
        "SELECT id FROM payments WHERE region > CURRENT_DATE - INTERVAL '30 days'",
        "SELECT id FROM payments UNION ALL SELECT id FROM refunds WHERE total <> 3",
        "WITH p AS (SELECT id FROM payments WHERE amount = 3) SELECT * FROM p WHERE id = 4",
        "UPDATE payments SET amount = amount / 2 WHERE id = 3 RETURNING 1 / amount",
        "DELETE FROM payments USING refunds r WHERE r.payment_id = payments.id",
    ],
)
def test_statement_that_cannot_fail_uses_the_indexes(text: str) -> None:
    written = rewrite(derive(text, POSTGRES), row_filters=SEVERAL)

    assert "OFFSET 0" not in written
    assert "CASE" not in written


@pytest.mark.parametrize(
    "where",
    [
        "1 / amount > 0",
        "CAST(card_number AS INT) > 0",
        "amount + 1 > 0",
        "card_number LIKE region",
        "card_number LIKE 'a\\'",
        "card_number LIKE :pattern",
        "card_number ~ '('",
        "CASE WHEN amount > 5 THEN CAST(:a AS INT) = 1 END",
        "amount > 5 AND CAST(:a AS INT) = 1",
        "amount > 5 AND CAST(CAST('x' AS TEXT) AS INT) = 1",
        "amount > 5 AND region > CURRENT_DATE + INTERVAL '9999999 years'",
        "amount = (SELECT total FROM refunds)",
        "(SELECT sum(1 / p.amount) FROM refunds WHERE 1 / p.amount > 0) > 0",
        "EXISTS (SELECT 1 FROM refunds r WHERE 1 / p.amount > r.id)",
        "id IN (SELECT 1 / total FROM refunds)",
        "substring(card_number FROM 1 FOR amount) = ''",
        "chr(amount) = 'a'",
        "jsonb_typeof(CAST(card_number AS JSONB)) = 'x'",
        "NOT (abs(amount) = 1)",
    ],
)
def test_whoever_might_fail_sees_only_what_passed_the_fence(where: str) -> None:
    read = rewrite(derive(f"SELECT id FROM payments p WHERE {where}", POSTGRES), row_filters=ONE)
    changed = derive(f"UPDATE payments p SET amount = 1 WHERE {where}", POSTGRES)

    assert "OFFSET 0" in read
    assert "CASE WHEN" in rewrite(changed, row_filters=ONE)
    assert "OFFSET" not in rewrite(derive(f"SELECT id FROM payments p WHERE {where}", POSTGRES))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM (SELECT id, 1 / amount AS x FROM payments) p WHERE x > 1",
        "WITH p AS (SELECT CAST(region AS INT) AS x FROM payments) SELECT * FROM p WHERE x = 1",
        "SELECT 1 / amount FROM payments UNION SELECT id FROM refunds",
        "SELECT * FROM payments p JOIN refunds r ON 1 / p.amount = r.id",
        "SELECT id FROM payments GROUP BY id HAVING 1 / id > 0",
        "SELECT * FROM payments p, LATERAL (SELECT 1 / p.amount AS x) q WHERE x > 0",
        "SELECT *, (SELECT 1 FROM refunds r WHERE 1 / p.amount > r.id LIMIT 1) FROM payments p",
    ],
)
def test_what_could_be_pushed_down_to_a_hidden_row_is_fenced(text: str) -> None:
    assert "OFFSET 0" in rewrite(derive(text, POSTGRES), row_filters=ONE)


def test_masked_columns_of_a_filtered_table_are_fenced() -> None:
    derivation = derive("SELECT id FROM payments WHERE amount = 1000", POSTGRES)
    written = rewrite(derivation, row_filters=ONE, masks={"public.payments.amount": "round"})

    assert "OFFSET 0" in written


@pytest.mark.parametrize("column", ["REGION", '"Region"', "region", "ReGiOn"])
def test_filter_column_is_found_in_every_spelling(column: str) -> None:
    for target in (f"{column} = 'US'", f"({column}, amount) = ('US', 1)"):
        with pytest.raises(SqlRefusedError, match="across the row filter"):
            rewrite(derive(f"UPDATE payments SET {target}", DUCKDB), row_filters=ONE)


RECURSIVE = (
    "WITH RECURSIVE {0} AS (SELECT 1 AS a UNION ALL SELECT a FROM {0} UNION ALL SELECT a + 1"
    " FROM {0} WHERE a < 3) SELECT * FROM {0}"
)


@pytest.mark.parametrize("name", ['"f.csv"', '"https://x/y.parquet"', "a_variable", '"*.json"'])
def test_recursive_query_sees_itself_where_the_server_does_and_nowhere_else(name: str) -> None:
    assert "no table" in reason(RECURSIVE.format(name), DUCKDB)
    assert "no table" in reason(RECURSIVE.format(name), POSTGRES)


def test_first_operands_of_a_recursive_query_read_the_table_of_its_name() -> None:
    text = (
        "WITH RECURSIVE refunds AS (SELECT 1 AS id UNION ALL SELECT total FROM refunds UNION ALL"
        " SELECT id + 1 FROM refunds WHERE id < 3) SELECT id FROM refunds"
    )

    assert columns(text, DUCKDB) == ["public.refunds.total"]


@pytest.mark.parametrize(
    "text",
    [
        'WITH "f.csv" AS (SELECT 1 AS a) SELECT "f.csv".a, b.a FROM "f.csv", "f.csv" AS b',
        (
            'WITH RECURSIVE "f.csv" AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM "f.csv"'
            ' WHERE a < 3) SELECT max(a) FROM "f.csv"'
        ),
        'SELECT (WITH "f.csv" AS (SELECT 1 AS a) SELECT a FROM "f.csv") AS b',
        'WITH x AS (WITH "f.csv" AS (SELECT 1 AS a) SELECT * FROM "f.csv") SELECT * FROM x',
    ],
)
def test_expression_is_executed_under_a_name_that_is_nothing_else(
    database: duckdb.DuckDBPyConnection, text: str
) -> None:
    written = rewrite(derive(text, DUCKDB))

    assert 'FROM "f.csv"' not in written
    assert database.execute(written).fetchall() == database.execute(text).fetchall()
