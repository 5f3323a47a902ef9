"""What somebody would try who wants to read more than the statement seems to."""

import pytest
from hypothesis import example, given, strategies as st

from scopeward_guard.sql import Catalogue, SqlRefusedError, derive, rewrite
from tests.guard.sql.conftest import DUCKDB, POSTGRES, columns, of, reason


@pytest.mark.parametrize(
    "text",
    [
        "SELECT U&'\\0041' FROM payments",
        'SELECT U&"\\0063ard_number" FROM payments',
        "SELECT id FROM payments WHERE id OPERATOR(pg_catalog.=) 1",
        "SELECT 'payments'::regclass",
        "SELECT CAST('x' AS public.secret_type)",
        "SELECT '<a/>'::xml",
        "SELECT ctid FROM payments",
        "SELECT xmin, tableoid FROM payments",
        "SELECT p.ctid FROM payments p",
        "SELECT * FROM payments TABLESAMPLE SYSTEM (1) REPEATABLE (7)",
        "SELECT * FROM xmltable('/a' PASSING 'x' COLUMNS a int) t",
        "SELECT * FROM json_to_recordset('[]') AS x(a int)",
        "SELECT * FROM pg_ls_dir('/') AS f",
        "SELECT * FROM dblink('x', 'y') AS t(a int)",
        "SELECT * FROM ROWS FROM (generate_series(1, 2)) AS x",
        "SELECT * FROM payments p, refunds p",
        "SELECT id FROM payments, refunds",
        "SELECT nothing FROM payments",
        "SELECT payments.id FROM payments p",
        "SELECT hr.payments.id FROM payments",
        "SELECT * FROM payments p, (SELECT p.id) x",
        "SELECT * FROM refunds NATURAL JOIN (SELECT max(id) FROM payments) x",
        'SELECT "' + "a" * 64 + '" FROM payments',
        "SELECT id FROM payment\u212as",
        "SELECT \u212aey FROM (SELECT 1 AS key) x",
        "SELECT 1\0",
        "SELECT \ud800",
        "INSERT INTO payments (nothing) VALUES (1)",
        "UPDATE payments SET nothing = 1",
        "UPDATE payments SET amount = 1 RETURNING payments",
        "UPDATE payments p SET amount = 1 WHERE p::text LIKE '%4%'",
        "DELETE FROM ops.payments",
        "SELECT amount FROM payments WHERE :a:b = 1",
        "SELECT ?, $1",
        "SELECT 1 FROM payments WHERE id = 1 -- \n; DELETE FROM payments",
        "SELECT /* ' */ 1; DELETE FROM payments -- '",
    ],
)
def test_trick_is_refused(text: str) -> None:
    reason(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM 'file.csv'",
        "SELECT * FROM 'https://evil.example/x.parquet'",
        "SELECT * FROM read_csv('x.csv')",
        "SELECT * FROM read_text('/etc/passwd') AS t",
        "SELECT * FROM glob('*') AS t",
        "SELECT * FROM duckdb_secrets() AS t",
        "SELECT * FROM sqlite_master",
        "PIVOT payments ON region USING sum(amount)",
        "ATTACH 'x.db'",
        "PRAGMA database_list",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT getenv('HOME')",
        "SUMMARIZE 'file.csv'",
        "SUMMARIZE DELETE FROM payments",
        "DESCRIBE read_csv('x.csv')",
        "SELECT COLUMNS(c -> c LIKE 'a%') FROM payments",
        "SELECT COLUMNS(getenv('x')) FROM payments",
        "SELECT [id FOR id IN [1]] FROM payments",
        "SELECT list_transform([1], amount -> amount) FROM payments",
        "SELECT list_transform([1], x -> getenv('HOME')) FROM payments",
        "SELECT list_transform([1], x -> y) FROM payments",
        "SELECT apply([1], x -> x) FROM payments",
        "SELECT {'a': 1}.upper() FROM payments",
        "SELECT nothing.id FROM payments",
        "SELECT nothing.amount.x FROM payments",
        "SELECT * FROM payments USING SAMPLE reservoir(5 ROWS) REPEATABLE (1)",
        "SELECT printf('%1000000d', 1)",
        "SELECT format('{:99999}', 'x')",
        "SELECT repeat('x', 100000000)",
        "SELECT id.upper() FROM payments",
        "SELECT #1 FROM payments",
        "INSERT OR REPLACE INTO payments (id) VALUES (1)",
        "SELECT * EXCLUDE (nothing) FROM payments",
        "SELECT rowid FROM payments",
    ],
)
def test_trick_in_duckdb_is_refused(text: str) -> None:
    reason(text, DUCKDB)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("SELECT /* card_number */ id -- region\n FROM payments", ["id"]),
        ("SELECT id FROM payments /* /* nested */ , hr.employees */", ["id"]),
        ("SELECT id FROM payments WHERE region = E'\\' OR card_number = \\''", ["id", "region"]),
        ("SELECT id FROM payments WHERE region = $$' OR 1=1$$", ["id", "region"]),
        ("SELECT id FROM payments WHERE region = $x$ $$ $x$", ["id", "region"]),
        ("SELECT ID FROM Public.PAYMENTS", ["id"]),
        ("SELECT * FROM ONLY payments", ["amount", "card_number", "customer_id", "id", "region"]),
        ("WITH payments AS (SELECT id FROM payments) SELECT * FROM payments", ["id"]),
        ("WITH x AS (SELECT id FROM payments) SELECT refunds.* FROM x AS refunds", ["id"]),
        ("SELECT amount AS id FROM payments ORDER BY id", ["amount", "id"]),
        ("SELECT region COLLATE \"C\" FROM payments", ["region"]),
        ("SELECT (ARRAY[amount])[1] FROM payments", ["amount"]),
        (("SELECT 1 FROM payments p WHERE EXISTS (SELECT 1 FROM hr.twins WHERE id = 1 AND p.region"
         " = 'x') AND false"), ["region"]),
        ("SELECT e FROM payments CROSS JOIN unnest(ARRAY[amount]) AS u(e)", ["amount"]),
        ("SELECT s FROM payments, generate_series(1, id) AS g(s)", ["id"]),
        (("WITH RECURSIVE t(n) AS (SELECT id FROM payments UNION ALL SELECT n + 1 FROM t"
         " WHERE n < 9) SELECT n FROM t"), ["id"]),
    ],
)  # fmt: skip
def test_trick_hides_nothing(text: str, read: list[str]) -> None:
    found = [name for name in columns(text) if name.startswith("public.payments.")]

    assert found == of("public.payments", *read)


def test_quoted_name_is_another_table() -> None:
    assert columns('SELECT * FROM "Payments"') == ["public.Payments.secret"]


def test_name_with_a_dot_cannot_stand_for_two() -> None:
    assert "dot" in reason('SELECT id FROM ops."odd.name"')
    assert "dot" in reason('SELECT "a.b" FROM ops.dotted')
    assert columns("SELECT c FROM ops.dotted") == ["ops.dotted.c"]


def test_case_never_matters_in_duckdb() -> None:
    assert columns('SELECT "AMOUNT" FROM "PAYMENTS"', DUCKDB) == ["public.payments.amount"]


def test_joined_columns_of_a_semi_join_are_gone_after_it() -> None:
    text = "SELECT total FROM payments SEMI JOIN refunds ON payment_id = payments.id"

    assert "no column “total”" in reason(text, DUCKDB)


def test_string_is_written_as_one_string() -> None:
    written = rewrite(derive("SELECT E'\\' OR 1=1 --', $$it's$$", POSTGRES))

    assert written == "SELECT ''' OR 1=1 --', 'it''s'"


WORDS = [
    "SELECT",
    "FROM",
    "WHERE",
    "payments",
    "refunds",
    "p",
    "id",
    "amount",
    "card_number",
    "*",
    "(",
    ")",
    ",",
    ".",
    ";",
    "'",
    '"',
    "::",
    "[",
    "]",
    "{",
    "}",
    "AS",
    "JOIN",
    "ON",
    "USING",
    "NATURAL",
    "LATERAL",
    "UNION",
    "WITH",
    "RECURSIVE",
    "x",
    "ORDER",
    "BY",
    "GROUP",
    "LIMIT",
    "1",
    "'a'",
    "$1",
    "?",
    ":a",
    "CASE",
    "WHEN",
    "THEN",
    "END",
    "NOT",
    "IN",
    "IS",
    "NULL",
    "EXISTS",
    "OVER",
    "CAST",
    "INTERVAL",
    "->",
    "->>",
    "$$",
    "E'\\''",
    "/*",
    "*/",
    "--",
    "\n",
    "INSERT",
    "INTO",
    "VALUES",
    "UPDATE",
    "SET",
    "DELETE",
    "RETURNING",
    "MERGE",
    "EXCLUDE",
    "UNNEST",
    "ARRAY",
    "ROW",
    "DEFAULT",
    "public",
    "COLUMNS(*)",
    "lambda x:",
    "TABLESAMPLE 10%",
    "WITH ORDINALITY",
    "BY NAME",
    "PIVOT (sum(amount) FOR region IN ('EU'))",
]
GOOD = [
    "SELECT",
    "p.id,",
    "sum(amount)",
    "AS",
    "s",
    "FROM",
    "payments",
    "p",
    "JOIN",
    "refunds",
    "r",
    "ON",
    "r.payment_id",
    "=",
    "p.id",
    "WHERE",
    "region",
    "=",
    ":a",
    "GROUP",
    "BY",
    "p.id",
    "ORDER",
    "BY",
    "s",
    "LIMIT",
    "3",
]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Return a good statement with some words left out, doubled or replaced."""
    words = list(GOOD)
    for _ in range(draw(st.integers(0, 5))):
        place = draw(st.integers(0, len(words) - 1))
        words[place : place + draw(st.integers(0, 2))] = draw(st.lists(st.sampled_from(WORDS)))
        words = words or ["SELECT"]
    return " ".join(words)


@given(
    text=st.one_of(st.text(), mutated(), st.lists(st.sampled_from(WORDS)).map(" ".join)),
    catalogue=st.sampled_from([POSTGRES, DUCKDB]),
)
@example(text="SELECT now() - interval now() FROM payments", catalogue=POSTGRES)
def test_any_text_is_derived_or_refused_and_reads_back(text: str, catalogue: Catalogue) -> None:
    try:
        derivation = derive(text, catalogue)
    except SqlRefusedError:
        return

    again = derive(rewrite(derivation), catalogue)

    assert (again.actions, again.tables) == (derivation.actions, derivation.tables)
    assert again.columns == derivation.columns


def test_refusal_shows_no_more_than_a_short_printable_piece_of_the_text() -> None:
    shown = reason('SELECT "' + "\x1b[31m" * 5 + "a" * 30 + '" FROM payments')

    assert shown.isprintable()
    assert len(shown) < 200
