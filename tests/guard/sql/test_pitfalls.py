"""The pitfalls of deriving permissions from SQL, each found by running it; one rule per test."""

import pytest

from scopeward_guard.sql import SqlRefusedError, derive, rewrite
from tests.guard.sql.conftest import DUCKDB, PAYMENTS, POSTGRES, REFUNDS, columns, of, reason


@pytest.mark.parametrize(
    "read",
    [
        "SELECT payments FROM payments",
        "SELECT p FROM payments p",
        "SELECT p::text FROM payments p",
        "SELECT (p).card_number FROM payments p",
        "SELECT row_to_json(p) FROM payments p",
        "SELECT to_jsonb(p) ->> 'amount' FROM payments AS p",
        "SELECT count(DISTINCT p.*) FROM payments p",
        "SELECT 1 FROM payments p WHERE p IS NOT NULL",
        "SELECT (SELECT p) FROM payments p",
        "SELECT id FROM payments p ORDER BY p",
        "SELECT ROW(p.*) FROM payments p",
        "TABLE payments",
        "SELECT x.a FROM payments AS x(a, b)",
    ],
)
def test_whole_row_reference_reads_every_column(read: str) -> None:
    assert columns(read) == PAYMENTS


def test_attribute_notation_is_no_way_to_call_a_function() -> None:
    assert "no column “row_to_json”" in reason("SELECT p.row_to_json FROM payments p")
    assert "no column “upper”" in reason("SELECT (p).upper FROM payments p")


@pytest.mark.parametrize(
    ("change", "action"),
    [
        ("WITH d AS (DELETE FROM payments RETURNING id) SELECT id FROM d", "delete"),
        ("WITH d AS (UPDATE payments SET amount = 0 RETURNING id) SELECT id FROM d", "update"),
        ("WITH d AS (INSERT INTO payments (id) VALUES (1) RETURNING *) SELECT 1", "insert"),
    ],
)
def test_data_modifying_cte_is_a_change_of_its_table(change: str, action: str) -> None:
    derivation = derive(change, DUCKDB)

    assert (derivation.action, list(derivation.columns)) == (action, PAYMENTS)
    assert derivation.tables == ("public.payments",)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE payments SET amount = total FROM refunds WHERE payment_id = payments.id",
        "DELETE FROM payments USING refunds r WHERE r.payment_id = payments.id",
        "INSERT INTO payments (id) SELECT id FROM refunds",
        (
            "MERGE INTO payments p USING refunds r ON p.id = r.payment_id"
            " WHEN MATCHED THEN UPDATE SET amount = r.total WHEN NOT MATCHED THEN DO NOTHING"
        ),
    ],
)
def test_change_reads_all_columns_of_target_and_sources(change: str) -> None:
    assert columns(change) == [*PAYMENTS, *REFUNDS]


def test_change_in_two_ways_is_refused() -> None:
    text = "WITH d AS (DELETE FROM payments RETURNING id) INSERT INTO refunds (id) SELECT id FROM d"

    assert "one way only" in reason(text)


def test_upsert_is_an_update_too() -> None:
    text = (
        "INSERT INTO refunds (id, total) VALUES (1, 2)"
        " ON CONFLICT (id) DO UPDATE SET total = excluded.total"
    )

    assert derive(text, DUCKDB).actions == ("insert", "update")


@pytest.mark.parametrize(
    "name",
    ["unknown_tbl", "public.unknown", '"PAYMENTS"', "other.payments", "db.public.payments",
     '"public.payments"', "ops.payments"],
)  # fmt: skip
def test_table_outside_the_catalogue_is_refused(name: str) -> None:
    reason(f"SELECT * FROM {name}")


@pytest.mark.parametrize(
    "name",
    ["pg_catalog.pg_authid", "pg_class", "information_schema.tables", "pg_toast.x", "pg_temp.x"],
)
def test_system_catalogue_is_refused(name: str) -> None:
    assert "database system" in reason(f"SELECT * FROM {name}")


def test_name_in_two_schemas_must_say_which() -> None:
    assert "more than one schema" in reason("SELECT id FROM twins")
    assert columns("SELECT id FROM hr.twins") == ["hr.twins.id"]


def test_generated_sql_names_every_table_with_its_schema() -> None:
    derivation = derive("SELECT id FROM payments UNION SELECT id FROM employees", DUCKDB)

    assert '"public"."payments"' in rewrite(derivation)
    assert '"hr"."employees"' in rewrite(derivation)


@pytest.mark.parametrize(
    "text",
    ["SELECT 1; DROP TABLE payments", "SELECT 1; SELECT 2", ";SELECT 1", ";", "", "--", ";;"],
)
def test_exactly_one_statement(text: str) -> None:
    reason(text)


def test_one_semicolon_may_end_the_statement() -> None:
    assert derive("SELECT 1;", DUCKDB).action == "select"


@pytest.mark.parametrize(
    "text",
    ["DO $$ BEGIN END $$", "CALL f()", "EXPLAIN ANALYZE DELETE FROM payments", "LISTEN x",
     "PREPARE q AS SELECT 1", "EXECUTE q", "DECLARE c CURSOR FOR SELECT 1", "FETCH ALL FROM c",
     "SET ROLE admin", "LOCK payments", "COPY payments TO '/tmp/x'", "CREATE TABLE x (a int)",
     "SELECT * INTO x FROM payments", "SELECT id FROM payments FOR UPDATE", "DROP TABLE payments",
     "CREATE TABLE x AS SELECT * FROM payments", "GRANT ALL ON payments TO x", "VACUUM", "BEGIN",
     "TRUNCATE payments", "REFRESH MATERIALIZED VIEW x", "NOTIFY x", "VALUES (1)", "SHOW ALL",
     "ALTER TABLE payments ADD x int", "EXPLAIN SELECT 1", "DISCARD ALL", "payments", "1"],
)  # fmt: skip
def test_only_queries_and_changes_are_statements(text: str) -> None:
    reason(text)


@pytest.mark.parametrize(
    "call",
    ["pg_read_file('/etc/passwd')", "lo_export(1, 'x')", "dblink('x')", "nextval('s')",
     "query_to_xml('select 1', true, true, '')", "set_config('a', 'b', true)", "pg_sleep(9)",
     "current_setting('x')", "my_function(1)", "pg_catalog.lower('x')", "public.lower('x')",
     "pg_advisory_lock(1)", "version()", "current_user", "txid_current()",
     "pg_terminate_backend(1)", "setseed(1)", "repeat('x', 1000000000)",
     "has_table_privilege('x')"],
)  # fmt: skip
def test_function_outside_the_list_is_refused(call: str) -> None:
    reason(f"SELECT {call} FROM payments")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("SELECT count(*) FROM payments WHERE card_number LIKE '4%'", ["card_number"]),
        ("SELECT id FROM payments ORDER BY card_number", ["card_number", "id"]),
        ("SELECT count(*) FROM payments GROUP BY card_number", ["card_number"]),
        ("SELECT 1 FROM payments GROUP BY region HAVING max(card_number) > 'x'",
         ["card_number", "region"]),
        ("SELECT a.id FROM payments a JOIN payments b ON a.card_number = b.region",
         ["card_number", "id", "region"]),
        ("SELECT 1 FROM payments a JOIN payments b USING (card_number)", ["card_number"]),
        ("SELECT rank() OVER (ORDER BY card_number) FROM payments", ["card_number"]),
        ("SELECT rank() OVER w FROM payments WINDOW w AS (PARTITION BY region)", ["region"]),
        ("SELECT count(*) FILTER (WHERE amount > 1) FROM payments", ["amount"]),
        ("SELECT 1 LIMIT (SELECT max(amount) FROM payments)", ["amount"]),
        ("SELECT CASE WHEN EXISTS (SELECT 1 FROM payments WHERE amount > 9) THEN 1 END",
         ["amount"]),
        ("WITH unused AS (SELECT card_number FROM payments) SELECT 1", ["card_number"]),
        ("SELECT DISTINCT ON (region) id FROM payments", ["id", "region"]),
        ("SELECT 1 FROM (VALUES ((SELECT max(amount) FROM payments))) AS v(a)", ["amount"]),
        ("SELECT 1 WHERE 1 = ANY (SELECT amount FROM payments)", ["amount"]),
        ("SELECT string_agg(region, ',' ORDER BY amount) FROM payments", ["amount", "region"]),
        ("SELECT x FROM payments p, LATERAL (SELECT p.amount) AS l(x)", ["amount"]),
        ("SELECT count(*) FROM payments", []),
    ],
)  # fmt: skip
def test_whatever_is_looked_at_is_read(text: str, read: list[str]) -> None:
    assert columns(text) == of("public.payments", *read)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT COLUMNS(*) FROM payments",
        "SELECT COLUMNS('card.*') FROM payments",
        "SELECT min(COLUMNS(* EXCLUDE (id))) FROM payments",
        "SELECT 1 FROM payments WHERE COLUMNS('amount') > 1",
        "SELECT * FROM payments PIVOT (sum(amount) FOR region IN ('EU'))",
        "SELECT EU FROM payments PIVOT (sum(amount) FOR region IN ('EU')) AS p",
        "SUMMARIZE payments",
        "SUMMARIZE SELECT * FROM payments",
        "DESCRIBE payments",
        "FROM payments",
        "SELECT p FROM payments p ORDER BY ALL",
        "SELECT * FROM payments UNION BY NAME SELECT 1 AS id",
    ],
)
def test_whatever_picks_columns_by_itself_reads_all_of_them(text: str) -> None:
    assert columns(text, DUCKDB) == PAYMENTS


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("SELECT list_transform([1], lambda x: x + amount) FROM payments", ["amount"]),
        ("SELECT [x + amount FOR x IN [id] IF x > customer_id] FROM payments",
         ["amount", "customer_id", "id"]),
        ("SELECT {'a': amount}.a FROM payments", ["amount"]),
        ("SELECT card_number.a.b, p.region.c FROM payments p", ["card_number", "region"]),
        ("SELECT json_array_length(region -> 'a') FROM payments", ["region"]),
        ("SELECT r.id FROM refunds r ASOF JOIN payments p ON r.id = p.id AND r.total >= p.amount",
         ["amount", "id"]),
        ("SELECT MAP {'a': amount}['a'], struct_pack(a := id) FROM payments", ["amount", "id"]),
        ("SELECT count(*) FROM payments TABLESAMPLE 10%", []),
    ],
)  # fmt: skip
def test_constructs_of_duckdb_read_what_stands_in_them(text: str, read: list[str]) -> None:
    found = [name for name in columns(text, DUCKDB) if name.startswith("public.payments.")]

    assert found == of("public.payments", *read)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("SELECT k.key FROM payments p, jsonb_each(p.region) AS k", ["region"]),
        (("SELECT x.value, x.ordinality FROM payments p, jsonb_array_elements(p.region)"
         " WITH ORDINALITY AS x"), ["region"]),
        ("SELECT t.n FROM payments p, unnest(p.region) WITH ORDINALITY AS t (e, n)", ["region"]),
        ("SELECT id FROM payments WHERE region ? 'a'", ["id", "region"]),
        ("SELECT jsonb_array_length(region -> 'a') FROM payments", ["region"]),
        ("SELECT make_interval(days => amount) FROM payments", ["amount"]),
        ("SELECT sum(amount) OVER (ORDER BY id ROWS 1 PRECEDING EXCLUDE TIES) FROM payments",
         ["amount", "id"]),
        ("SELECT id FROM payments WHERE region <> ALL (ARRAY[card_number])",
         ["card_number", "id", "region"]),
    ],
)  # fmt: skip
def test_constructs_of_postgresql_read_what_stands_in_them(text: str, read: list[str]) -> None:
    assert columns(text) == of("public.payments", *read)


def test_sample_of_a_filtered_table_would_count_hidden_rows() -> None:
    derivation = derive("SELECT count(*) FROM payments TABLESAMPLE BERNOULLI (10)", POSTGRES)

    with pytest.raises(SqlRefusedError, match="rows you may not see"):
        rewrite(derivation, row_filters={"public.payments": "region = 'EU'"})


def test_change_that_returns_a_masked_column_is_refused() -> None:
    derivation = derive("DELETE FROM payments WHERE id = 1 RETURNING card_number", DUCKDB)

    with pytest.raises(Exception, match="masked column"):
        rewrite(derivation, masks={"public.payments.card_number": "last4"})


def test_change_that_looks_at_a_masked_column_is_refused() -> None:
    derivation = derive("UPDATE payments SET amount = 0 WHERE card_number LIKE '4%'", DUCKDB)

    with pytest.raises(Exception, match="masked column"):
        rewrite(derivation, masks={"public.payments.card_number": "last4"})
