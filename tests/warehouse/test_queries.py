"""What the Warehouse answers: rows, masks, filters, and exact values."""

from decimal import Decimal

import pytest

from tests.warehouse.conftest import CARDS, SALARIES, Desk

REGIONS = (
    "SELECT region, sum(amount) AS total FROM finance.payments WHERE paid_on >= :since "
    "GROUP BY region ORDER BY total DESC"
)


def test_query_that_scopes_cover_is_answered_without_asking_the_provider(desk: Desk):
    answer = desk.ask(REGIONS, parameters={"since": "2026-01-01"})

    assert answer.status_code == 200
    told = answer.json()
    assert told["columns"] == ["region", "total"]
    assert told["row_count"] == len(told["rows"]) == 5
    assert told["approval_id"] is None
    assert not any("approvals" in path for path in desk.provider.asked)


def test_decimals_and_dates_are_exact_text(desk: Desk):
    answer = desk.ask("SELECT id, paid_on, amount FROM finance.payments ORDER BY id")

    for number, day, amount in answer.json()["rows"]:
        assert isinstance(number, int)
        assert len(day) == len("2026-01-01")
        assert str(Decimal(amount)) == amount


@pytest.mark.parametrize("expression", ["1e308 * 10", "CAST('NaN' AS DOUBLE)"])
def test_numbers_that_json_does_not_have_are_text(desk: Desk, expression: str):
    answer = desk.ask(f"SELECT {expression} AS n FROM finance.budgets", max_rows=1)

    assert answer.status_code in {200, 422}
    if answer.status_code == 200:
        assert isinstance(answer.json()["rows"][0][0], str)


def test_only_rows_of_the_persons_projects_count(desk: Desk):
    ask = "SELECT DISTINCT project FROM finance.payments ORDER BY project"

    both = desk.ask(ask, desk.token(projects=["atlas", "cirrus", "no'such"])).json()
    none = desk.ask(ask, desk.token(projects=None)).json()

    assert both["rows"] == [["atlas"], ["cirrus"]]
    assert both["policy"]["filtered"][0]["table"] == "finance.payments"
    assert none["rows"] == []


def test_counting_a_table_counts_what_may_be_seen(desk: Desk):
    count = "SELECT count(*) FROM finance.payments"

    mine, everything = (
        desk.ask(count, desk.token(projects=projects)).json()["rows"][0][0]
        for projects in (["atlas"], ["atlas", "borealis", "cirrus"])
    )

    assert 0 < mine < everything


def test_counting_a_table_takes_the_scope_of_its_schema(desk: Desk):
    answer = desk.ask("SELECT count(*) FROM hr.employees", desk.token(scope="warehouse:finance"))

    assert answer.status_code == 403
    assert answer.json()["error"] == "insufficient_scope"
    assert answer.json()["scope"] == "warehouse:hr"


def test_card_numbers_are_masked_with_an_approval_too(desk: Desk):
    answer = desk.ask(CARDS, desk.approved(CARDS))

    told = answer.json()
    assert all(number.startswith("•••• ") and len(number) == 9 for _id, number in told["rows"])
    assert told["policy"]["masked"] == [{"column": "finance.payments.card_number", "kind": "last4"}]
    assert told["policy"]["filtered"][0]["in"] == ["atlas"]


def test_a_condition_sees_the_masked_value(desk: Desk):
    guess = "SELECT id FROM finance.payments WHERE card_number LIKE '4%'"

    assert desk.ask(guess, desk.approved(guess)).json()["rows"] == []


def test_approved_query_runs_once_and_is_reported(desk: Desk):
    token = desk.approved(SALARIES)

    first, second = desk.ask(SALARIES, token), desk.ask(SALARIES, token)

    assert first.json()["approval_id"] == "a1"
    assert first.json()["truncated"]
    assert [report["row_count"] for report in desk.provider.reports] == [5]
    assert (second.status_code, second.json()["error"]) == (401, "invalid_token")


def test_the_warehouse_hands_out_no_more_than_its_own_limit(desk: Desk):
    answer = desk.ask("SELECT id FROM finance.payments", max_rows=100_000).json()

    assert answer["row_count"] == 1_000
    assert answer["truncated"]


def test_a_failing_query_uses_its_approval_up(desk: Desk):
    failing = "SELECT CAST(name AS INTEGER) AS n, salary FROM hr.employees"
    token = desk.approved(failing)

    answer = desk.ask(failing, token)

    assert (answer.status_code, answer.json()["error"]) == (422, "failed")
    assert desk.provider.reports[0]["outcome"] == "failed"
    assert desk.ask(failing, token).status_code == 401
