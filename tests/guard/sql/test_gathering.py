"""A row limit counts the rows inside a value, too."""

import pytest

from scopeward_guard.sql import Catalogue, SqlRefusedError, derive, rewrite
from tests.guard.sql.conftest import DUCKDB, POSTGRES, columns, reason

GATHERING = {
    "postgres": [
        "string_agg(region, ',')", "array_agg(id)", "array_agg(id ORDER BY id)", "json_agg(id)",
        "jsonb_agg(id)", "json_object_agg(id, region)", "jsonb_object_agg(id, region)",
        "array_agg(DISTINCT id) FILTER (WHERE id > 1)",
    ],
    "duckdb": [
        "string_agg(region, ',')", "group_concat(region)", "list(id)", "array_agg(id)",
        "max(id, 1000)", "min(id, 1000)", "max_by(id, amount, 1000)", "arg_min(id, amount, 1000)",
    ],
}  # fmt: skip
CALLS = [
    pytest.param(catalogue, call, id=f"{catalogue.dialect.name} {call}")
    for catalogue in (POSTGRES, DUCKDB)
    for call in GATHERING[catalogue.dialect.name]
]


@pytest.mark.parametrize(("catalogue", "call"), CALLS)
@pytest.mark.parametrize(
    "text",
    [
        "SELECT {0} FROM payments",
        "SELECT {0} FROM payments GROUP BY customer_id",
        "SELECT {0} OVER (PARTITION BY customer_id) FROM payments",
        "SELECT (SELECT {0} FROM (SELECT * FROM payments LIMIT 10) p) FROM refunds",
        "WITH x AS (SELECT {0} AS a FROM payments) SELECT a FROM x",
        "SELECT a FROM (SELECT {0} AS a FROM payments) p LIMIT 1",
        "SELECT {0} FROM (SELECT * FROM payments LIMIT 11) p",
        "SELECT {0} FROM (SELECT * FROM payments) p",
        "SELECT {0} FROM (SELECT * FROM payments LIMIT 10) p CROSS JOIN (SELECT 1 AS one) r",
        "SELECT {0} FROM (SELECT * FROM payments LIMIT :n) p",
        "SELECT {0} FROM (SELECT * FROM payments LIMIT 10) p GROUP BY ROLLUP (region, card_number)",
        "SELECT {0} FROM payments UNION ALL SELECT {0} FROM payments",
    ],
)
def test_value_of_many_rows_is_refused(catalogue: Catalogue, call: str, text: str) -> None:
    with pytest.raises(SqlRefusedError, match="gather from a subquery with LIMIT 10"):
        rewrite(derive(text.format(call), catalogue), max_rows=10)


@pytest.mark.parametrize(("catalogue", "call"), CALLS)
def test_value_of_no_more_rows_than_may_come_back_is_allowed(
    catalogue: Catalogue, call: str
) -> None:
    text = f"SELECT {call} FROM (SELECT * FROM payments LIMIT 10) p GROUP BY region"

    assert rewrite(derive(text, catalogue), max_rows=10)
    assert rewrite(derive(text.replace("LIMIT 10", ""), catalogue))


def test_array_of_a_query_is_refused() -> None:
    with pytest.raises(SqlRefusedError, match="ARRAY"):
        rewrite(derive("SELECT ARRAY(SELECT id FROM payments LIMIT 5)", POSTGRES), max_rows=10)


@pytest.mark.parametrize("length", ["100000000", "1001", "amount", "100 * 100", ":n", "-1"])
def test_padding_has_an_end(length: str) -> None:
    for call in ("lpad", "rpad"):
        assert "padded" in reason(f"SELECT {call}(region, {length}, 'x') FROM payments")

    assert columns("SELECT lpad(region, 20, 'x') FROM payments") == ["public.payments.region"]
