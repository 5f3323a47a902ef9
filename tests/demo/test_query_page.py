"""Query Desk's query page: what was written is sent, and what would help is offered."""

from dataclasses import replace
from typing import Any

import pytest
from query_desk import query_pages
from query_desk.app import create_app
from query_desk.config import Config
from query_desk.queries import PREPARED, FormError, Query, Run, from_form
from query_desk.sign_in import AccessToken, SignIn

from scopeward_guard.challenge import (
    Challenge,
    access_denied,
    authentication_insufficient,
    authorization_insufficient,
    scope_insufficient,
)

ORIGIN, RESOURCE = "http://localhost:8001", "http://localhost:8002"
FORM = {"statement": "SELECT 1", "max_rows": "5", "parameters": "", "purpose": "Test"}


@pytest.fixture
def app():
    return create_app(Config("http://localhost:8000", "query-desk", "secret", ORIGIN, RESOURCE))


def page_with(app: Any, monkeypatch: pytest.MonkeyPatch, **outcome: Any) -> str:
    """Return the page after a query that came out like this."""
    person = SignIn("x.y.z", {"sub": "1"}, ("openid",), {}, refresh_token="r")
    run = Run(PREPARED[1].query, **outcome)
    monkeypatch.setattr(query_pages, "signed_in_person", lambda: person)
    monkeypatch.setattr(query_pages, "session", {"run": run})
    return str(app.test_client().get("/query").text)


def test_the_form_is_sent_as_it_was_written():
    form = FORM | {
        "statement": "SELECT 1\r\nFROM t",
        "parameters": 'since = 2026-01-01\r\nmost = 12\r\ncode = "12"\r\nnone = null',
    }

    query = from_form(form)

    assert query.statement == "SELECT 1\nFROM t"
    assert query.parameters == {"since": "2026-01-01", "most": 12, "code": "12", "none": None}
    assert query.as_json()["datasource"] == "warehouse"


@pytest.mark.parametrize("entry", PREPARED, ids=lambda entry: entry.key)
def test_prepared_queries_survive_the_form(entry: Any):
    query = entry.query
    form = {
        "statement": query.statement,
        "parameters": query.parameter_lines,
        "max_rows": str(query.max_rows),
        "purpose": query.purpose,
    }

    assert from_form(form) == query


@pytest.mark.parametrize(
    "value", ["12", "true", "null", '"x"', "2026-01-01", "1.50", "NaN", "1e999"]
)
def test_text_that_looks_like_something_else_stays_text(value: str):
    query = Query("SELECT 1", {"a": value}, 1, "")

    assert from_form(FORM | {"parameters": query.parameter_lines}).parameters == {"a": value}


@pytest.mark.parametrize(
    "changes",
    [
        {"statement": " "},
        {"max_rows": "0"},
        {"max_rows": "-1"},
        {"max_rows": "1001"},
        {"max_rows": "9" * 5000},
        {"max_rows": "٣"},
        {"max_rows": ""},
        {"parameters": "since"},
        {"parameters": "= 1"},
        {"parameters": "a = 1\na = 2"},
    ],
    ids=ascii,
)
def test_forms_that_say_nothing_clear_are_not_sent(changes: dict[str, str]):
    with pytest.raises(FormError):
        from_form(FORM | changes)


def test_nobody_asks_without_being_signed_in(app: Any):
    visitor = app.test_client()

    for answer in (
        visitor.get("/query"),
        visitor.post("/query", data=FORM, headers={"Origin": ORIGIN}),
        visitor.post("/query/follow", headers={"Origin": ORIGIN}),
        visitor.post("/query/again", headers={"Origin": ORIGIN}),
    ):
        assert answer.status_code == 302
    assert visitor.post("/query", headers={"Origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize(
    ("refusal", "title", "offer"),
    [
        (scope_insufficient(["warehouse:hr"]), "wants your consent first", "Decide about it"),
        (authentication_insufficient(max_age=60), "wants a fresh sign-in", "Sign in again"),
        (
            authorization_insufficient(
                [{"actions": ["select"], "identifier": "w", "max_rows": 1, "datatypes": ["a.b.c"]}]
            ),
            "needs an approval of its own",
            "Ask for approval",
        ),
    ],
    ids=["scope", "sign-in", "approval"],
)
def test_what_would_help_is_offered_in_words(
    app: Any, monkeypatch: pytest.MonkeyPatch, refusal: Challenge, title: str, offer: str
):
    page = page_with(app, monkeypatch, refusal=refusal)

    assert title in page
    assert offer in page


def test_what_policy_forbids_is_told_and_nothing_is_offered(
    app: Any, monkeypatch: pytest.MonkeyPatch
):
    page = page_with(app, monkeypatch, refusal=access_denied("<b>Too low.</b>"))

    assert "&lt;b&gt;Too low." in page
    assert "/query/follow" not in page


def test_a_refusal_leads_to_where_the_provider_explains_it(
    app: Any, monkeypatch: pytest.MonkeyPatch
):
    refusal = replace(access_denied("Too low."), reference="k7mq2-x9d4r")

    page = page_with(app, monkeypatch, refusal=refusal)

    assert 'href="http://localhost:8000/access/refused/k7mq2-x9d4r"' in page
    assert "/access/refused/" not in page_with(app, monkeypatch, refusal=access_denied("Too low."))


def test_values_of_the_warehouse_are_text(app: Any, monkeypatch: pytest.MonkeyPatch):
    result = {
        "columns": ["<i>"], "rows": [["<script>"], [None]], "row_count": 2, "truncated": False,
        "policy": {"masked": [], "filtered": [], "rev": "1"}, "approval_id": "a1",
    }  # fmt: skip

    page = page_with(app, monkeypatch, result=result, token=AccessToken("opaque", 0))

    assert "<script>" not in page
    assert "<i>" not in page
    assert "Run it again with the same token" in page
