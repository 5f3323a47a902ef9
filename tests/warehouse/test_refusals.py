"""What the Warehouse does not do, and what it says instead."""

from pathlib import Path
from typing import Any

import pytest
from warehouse.config import Config

from tests.warehouse.conftest import CARDS, ISSUER, ORIGIN, SALARIES, Desk, desk_at

NEEDS_APPROVAL = (401, "insufficient_authorization")


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


@pytest.mark.spec("RFC 6750", "3.1")
def test_nobody_is_answered_without_a_token(desk: Desk):
    for method, path in (("POST", "/query"), ("GET", "/catalogue")):
        answer = desk.send(method, path)

        assert answer.status_code == 401
        assert "resource_metadata=" in answer.headers["WWW-Authenticate"]


@pytest.mark.spec("RFC 9728", "3.2")
def test_everybody_may_know_whose_tokens_it_takes(desk: Desk):
    document = desk.send("GET", "/.well-known/oauth-protected-resource").json()

    assert document["authorization_servers"] == [desk.provider.issuer]
    assert document["scopes_supported"] == ["warehouse:finance", "warehouse:hr"]
    assert desk.send("GET", "/healthz").json() == {"status": "ok"}


def test_the_catalogue_says_how_sensitive_each_column_is(desk: Desk):
    tables = desk.send("GET", "/catalogue", desk.token()).json()["tables"]

    labels = {column["name"]: column["sensitivity"] for column in tables["hr.employees"]}
    assert (labels["salary"], labels["iban"]) == ("confidential", "restricted")


def test_a_token_for_one_query_does_not_open_the_catalogue(desk: Desk):
    assert desk.send("GET", "/catalogue", desk.approved(SALARIES)).status_code == 401


def test_confidential_columns_are_approved_query_by_query(desk: Desk):
    answer = desk.ask(SALARIES)

    assert told(answer) == NEEDS_APPROVAL
    (detail,) = answer.json()["authorization_details"]
    assert detail["statement"] == SALARIES
    assert detail["locations"] == [desk.provider.resource]
    assert "hr.employees.salary" in detail["datatypes"]


@pytest.mark.parametrize("clearance", [0, 1, None, "3", [3]])
def test_what_policy_forbids_is_refused_with_the_reason_and_no_offer(desk: Desk, clearance: Any):
    answer = desk.ask(CARDS, desk.token(clearance=clearance))

    assert told(answer) == (403, "access_denied")
    assert answer.json()["reasons"]
    assert "WWW-Authenticate" not in answer.headers
    assert "authorization_details" not in answer.json()


def test_no_approval_lifts_a_clearance(desk: Desk):
    token = desk.approved(CARDS)
    (detail,) = desk.ask(CARDS).json()["authorization_details"]
    low = desk.token(clearance=1, authorization_details=[{**detail, "approval_id": "a1"}])

    assert told(desk.ask(CARDS, low)) == (403, "access_denied")
    assert desk.ask(CARDS, token).status_code == 200


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM finance.payments WHERE id = 1",
        "UPDATE hr.employees SET salary = 1",
        "INSERT INTO finance.budgets VALUES ('atlas', 'x', 1, 1)",
        "INSERT INTO finance.customers (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 2",
    ],
)
def test_the_warehouse_is_for_reading(desk: Desk, statement: str):
    assert told(desk.ask(statement)) == (403, "access_denied")


@pytest.mark.parametrize(
    "changes",
    [
        {"statement": SALARIES + " "},
        {"statement": SALARIES.replace("DESC", "ASC")},
        {"statement": SALARIES.replace("SELECT", "select")},
        {"max_rows": 6},
        {"purpose": "Another", "max_rows": 4},
    ],
    ids=str,
)
def test_one_changed_character_makes_the_token_useless(desk: Desk, changes: dict[str, Any]):
    token = desk.approved(SALARIES)

    answer = desk.ask(changes.pop("statement", SALARIES), token, **changes)

    assert told(answer) == NEEDS_APPROVAL
    assert desk.provider.consumed == []
    assert desk.ask(SALARIES, token).status_code == 200


def test_a_changed_parameter_makes_the_token_useless(desk: Desk):
    one = "SELECT salary FROM hr.employees WHERE id = :id"
    (detail,) = desk.ask(one, parameters={"id": 7}).json()["authorization_details"]
    desk.provider.minted.add("a1")
    token = desk.token(authorization_details=[{**detail, "approval_id": "a1"}])

    assert told(desk.ask(one, token, parameters={"id": 8})) == NEEDS_APPROVAL
    assert told(desk.ask(one, token, parameters={"id": "7"})) == NEEDS_APPROVAL
    assert desk.ask(one, token, parameters={"id": 7}).status_code == 200


def test_a_new_schema_makes_old_approvals_useless(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    token = desk.approved(SALARIES)
    desk.close()
    monkeypatch.setattr("warehouse.app.SCHEMA_REVISION", "2026-12-1")
    config = Config(ISSUER, ORIGIN, "warehouse", "s3cret", folder)

    with desk_at(config, desk.provider, monkeypatch) as newer:
        assert told(newer.ask(SALARIES, token)) == NEEDS_APPROVAL


def test_an_answer_has_an_end_in_characters_too(desk: Desk):
    doubled = ", ".join(
        f"a{n} AS (SELECT x || x || x || x AS x FROM a{n - 1})" for n in range(1, 10)
    )
    made = f"WITH a0 AS (SELECT lpad('x', 100, 'x') AS x), {doubled} SELECT x FROM a9"
    assert told(desk.ask(made)) == (422, "failed")


def test_a_row_limit_counts_the_rows_in_a_value(desk: Desk):
    answer = desk.ask("SELECT string_agg(method, ',') FROM finance.payments")

    assert told(answer) == (400, "invalid_query")
    assert "LIMIT" in answer.json()["error_description"]


@pytest.mark.parametrize("audience", ["http://localhost:9993", "http://localhost:9990", ["a", "b"]])
def test_a_token_for_another_server_is_refused(desk: Desk, audience: Any):
    assert told(desk.ask(SALARIES, desk.token(aud=audience))) == (401, "invalid_token")


@pytest.mark.parametrize(
    "statement",
    [
        "SELEC 1",
        "SELECT 1; SELECT 2",
        "SELECT * FROM pg_catalog.pg_authid",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT nothing FROM hr.employees",
        "COPY hr.employees TO '/tmp/x'",
        "ATTACH 'x'",
        "SELECT name FROM hr.employees FOR UPDATE",
    ],
)
def test_what_is_not_understood_is_refused_with_the_reason(desk: Desk, statement: str):
    answer = desk.ask(statement)

    assert told(answer) == (400, "invalid_query")
    assert answer.json()["error_description"]


@pytest.mark.parametrize(
    ("statement", "parameters"),
    [
        ("SELECT id FROM hr.employees WHERE id = :id", {}),
        ("SELECT id FROM hr.employees", {"id": 7}),
        ("SELECT id FROM hr.employees WHERE id = ?", {}),
        ("SELECT id FROM hr.employees WHERE id = $1", {"1": 7}),
    ],
)
def test_parameters_are_named_and_all_used(desk: Desk, statement: str, parameters: Any):
    assert told(desk.ask(statement, parameters=parameters)) == (400, "invalid_request")


@pytest.mark.parametrize(
    "changes",
    [
        {"datasource": "other"},
        {"statement": 1},
        {"statement": ""},
        {"statement": "x" * 20_001},
        {"statement": "SELECT '\u202e' FROM hr.employees"},
        {"parameters": [1]},
        {"parameters": {"a": {"b": 1}}},
        {"max_rows": 0},
        {"max_rows": True},
        {"max_rows": "5"},
        {"max_rows": None},
        {"purpose": "two\nlines"},
        {"needs_approval": False},
    ],
    ids=lambda changes: ascii(changes)[:50],
)
def test_requests_that_say_something_else_are_refused(desk: Desk, changes: dict[str, Any]):
    changes = {"statement": SALARIES} | changes

    assert told(desk.ask(changes.pop("statement"), **changes)) == (400, "invalid_request")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff", b'{"max_rows": 1, "max_rows": 2}', b" " * 140_000]
)
def test_bodies_that_are_no_request_are_refused(desk: Desk, body: bytes):
    assert told(desk.send("POST", "/query", desk.token(), content=body)) == (400, "invalid_request")


def test_nothing_runs_while_the_provider_cannot_be_asked(desk: Desk):
    token = desk.approved(SALARIES)
    desk.ask("SELECT id FROM finance.budgets", token)
    desk.provider.is_down = True

    assert desk.ask(SALARIES, token).status_code == 503
    assert desk.provider.consumed == []
