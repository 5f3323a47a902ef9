"""Query Desk's query page: what was written is sent, and what would help is offered."""

import json
import time
from collections import OrderedDict
from dataclasses import replace
from typing import Any

import pytest
from authlib.integrations.flask_client import OAuthError
from flask import redirect
from flask.testing import FlaskClient
from query_desk import query_pages, runs, visits
from query_desk.app import create_app
from query_desk.config import Config
from query_desk.queries import PREPARED, FormError, Query, Run, from_form
from query_desk.remote import refusals, warehouse
from query_desk.remote.refusals import MalformedRefusalError, Refusal
from query_desk.sign_in import AccessToken, SignIn
from requests import Timeout

from scopeward_guard._challenges import challenge
from scopeward_guard._challenges.challenge import Challenge, ChallengeFormat

ORIGIN, RESOURCE = "http://localhost:8001", "http://localhost:8002"
FORM = {"statement": "SELECT 1", "max_rows": "5", "parameters": "", "purpose": "Test"}


@pytest.fixture
def app():
    return create_app(Config("http://localhost:8000", "query-desk", "secret", ORIGIN, RESOURCE))


def at_the_desk(app: Any, run: Run | None = None, **changes: Any) -> FlaskClient:
    """Return the browser of somebody who is signed in and asked this, under the key `k`."""
    visitor = app.test_client()
    person = SignIn("x.y.z", {"sub": "1"}, ("openid",), {}, refresh_token="r")
    with visitor.session_transaction() as visit:
        visit["signed_in"] = replace(person, **changes)
        visit["runs"] = OrderedDict({"k": run} if run else {})
    return visitor


def refused(told: Challenge) -> Refusal:
    """Return what Query Desk reads in the answer of a resource server that is guarded."""
    answer = challenge.answer(told, ChallengeFormat(resource_metadata=f"{RESOURCE}/metadata"))
    return refusals.read(answer.status, json.loads(answer.body))


def page_with(app: Any, **outcome: Any) -> str:
    """Return the page after a query that came out like this."""
    return str(at_the_desk(app, Run(PREPARED[1].query, **outcome)).get("/query/k").text)


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
        visitor.get("/query/k"),
        visitor.post("/query/k/follow", headers={"Origin": ORIGIN}),
        visitor.post("/query/k/again", headers={"Origin": ORIGIN}),
    ):
        assert answer.status_code == 302
    assert visitor.post("/query", headers={"Origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize(
    ("told", "title", "offer"),
    [
        (
            challenge.scope_insufficient(["warehouse:hr"]),
            "wants your consent first",
            "Decide about it",
        ),
        (
            challenge.authentication_insufficient(max_age=60),
            "wants a fresh sign-in",
            "Sign in again",
        ),
        (
            challenge.authorization_insufficient(
                [{"actions": ["select"], "identifier": "w", "max_rows": 1, "datatypes": ["a.b.c"]}]
            ),
            "needs an approval of its own",
            "Ask for approval",
        ),
    ],
    ids=["scope", "sign-in", "approval"],
)
def test_what_would_help_is_offered_in_words(app: Any, told: Challenge, title: str, offer: str):
    page = page_with(app, refusal=refused(told))

    assert title in page
    assert offer in page


def test_what_policy_forbids_is_told_and_nothing_is_offered(app: Any):
    page = page_with(app, refusal=refused(challenge.access_denied("<b>Too low.</b>")))

    assert "&lt;b&gt;Too low." in page
    assert "/follow" not in page


def test_a_refusal_leads_to_where_the_provider_explains_it(app: Any):
    denied = challenge.access_denied("Too low.")

    page = page_with(app, refusal=refused(replace(denied, reference="k7mq2-x9d4r")))

    assert 'href="http://localhost:8000/access/refused/k7mq2-x9d4r"' in page
    assert "/access/refused/" not in page_with(app, refusal=refused(denied))


def test_values_of_the_warehouse_are_text(app: Any):
    result = {
        "columns": ["<i>"], "rows": [["<script>"], [None]], "row_count": 2, "truncated": False,
        "policy": {"masked": [], "filtered": [], "rev": "1"}, "approval_id": "a1",
    }  # fmt: skip

    page = page_with(app, result=result, token=AccessToken("opaque", 0))

    assert "<script>" not in page
    assert "<i>" not in page
    assert "Run it again with the same token" in page


def approved_by(*approvers: str) -> AccessToken:
    """Return a token for one query that these people approved."""
    return AccessToken("opaque", 0, ({"approval_id": "a1", "approvers": list(approvers)},))


@pytest.mark.parametrize(
    ("approvers", "said"),
    [
        (["1"], "Approved by you."),
        (["2"], "Approved by somebody else."),
        (["2", "3"], "Approved by 2 other people."),
        (["1", "2"], "Approved by you and somebody else."),
    ],
)
def test_who_approved_is_said_without_identifiers(app: Any, approvers: list[str], said: str):
    result = {
        "columns": [], "rows": [], "row_count": 0, "truncated": False,
        "policy": {"masked": [], "filtered": [], "rev": "1"}, "approval_id": "a1",
    }  # fmt: skip

    page = page_with(app, result=result, token=approved_by(*approvers))

    assert said in " ".join(page.split())
    assert 'href="http://localhost:8000/approvals/a1/"' in page


def test_each_query_is_followed_from_its_own_page(app: Any, monkeypatch: pytest.MonkeyPatch):
    followed = []
    desk = at_the_desk(
        app, Run(PREPARED[1].query, refusal=Refusal(status=403, error="", scopes=("a",)))
    )
    with desk.session_transaction() as visit:
        visit["runs"]["later"] = Run(
            PREPARED[2].query, refusal=Refusal(status=403, error="", scopes=("b",))
        )
    monkeypatch.setattr(
        app.extensions["provider"],
        "follow",
        lambda _refusal, query, _person: followed.append(query) or redirect("/"),
    )

    desk.post("/query/k/follow", headers={"Origin": ORIGIN})

    assert followed == [PREPARED[1].query]


@pytest.mark.parametrize("path", ["/query/gone", "/query/gone/follow", "/query/gone/again"])
def test_a_forgotten_query_leads_back_to_the_form(app: Any, path: str):
    desk = at_the_desk(app)
    ask = desk.post if path.count("/") > 2 else desk.get

    answer = ask(path, headers={"Origin": ORIGIN}, follow_redirects=True)

    assert answer.status_code == 200
    assert "does not remember that query" in answer.text


def test_only_the_last_queries_are_kept(app: Any):
    with app.test_request_context():
        keys = [runs.keep(Run(PREPARED[0].query)) for _ in range(runs.MOST + 1)]

        assert runs.find(keys[0]) is None
        assert all(map(runs.find, keys[1:]))


def test_who_comes_next_sees_nothing_of_who_was_there(app: Any):
    ada, linus = (SignIn("x.y.z", {"sub": sub}, (), {}) for sub in ("ada", "linus"))
    with app.test_request_context():
        visits.welcome(ada)
        key = runs.keep(Run(PREPARED[1].query))
        visits.welcome(replace(ada))
        assert runs.find(key)

        visits.welcome(linus)
        assert runs.find(key) is None

        runs.keep(Run(PREPARED[1].query))
        visits.forget()
        assert "runs" not in visits.visit()


def test_a_warehouse_that_does_not_answer_leaves_the_query_where_it_was(
    app: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(warehouse.requests, "post", failing(Timeout()))
    desk = at_the_desk(app, access_tokens={RESOURCE: AccessToken("t", time.time() + 60)})

    page = desk.post("/query", data=FORM, headers={"Origin": ORIGIN}, follow_redirects=True).text

    assert "The Warehouse does not answer." in page
    assert "SELECT 1</textarea>" in page


@pytest.mark.spec("RFC 6749", "5.2")
def test_when_the_refresh_is_refused_the_query_waits_for_a_silent_sign_in(
    app: Any, monkeypatch: pytest.MonkeyPatch
):
    asked: list[Any] = []
    provider = app.extensions["provider"]
    monkeypatch.setattr(provider, "refresh", failing(OAuthError("invalid_grant")))
    monkeypatch.setattr(provider, "begin", lambda **wishes: asked.append(wishes) or redirect("/"))

    at_the_desk(app).post("/query", data=FORM, headers={"Origin": ORIGIN})

    assert asked == [{"prompt": "none", "query": from_form(FORM)}]


def test_a_token_that_was_taken_back_is_not_sent_again(app: Any, monkeypatch: pytest.MonkeyPatch):
    run = Run(from_form(FORM), refusal=refused(challenge.token_invalid()))
    monkeypatch.setattr(query_pages.warehouse, "run", lambda *_: run)
    tokens = {RESOURCE: AccessToken("t", time.time() + 60)}

    page = at_the_desk(app, access_tokens=tokens).post(
        "/query", data=FORM, headers={"Origin": ORIGIN}, follow_redirects=True
    )

    assert RESOURCE not in tokens
    assert "Sign in and run it" in page.text


def failing(error: Exception) -> Any:
    """Return something that raises an error whenever it is called."""

    def fail(*_: Any, **__: Any) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    "body",
    [
        {"error": 1},
        {"error": "x", "scope": ["a"]},
        {"error": "x", "max_age": "60"},
        {"error": "x", "max_age": True},
        {"error": "x", "max_age": -1},
        {"error": "x", "authorization_details": {}},
        {"error": "x", "authorization_details": ["x"]},
        {"error": "x", "reasons": "because"},
    ],
    ids=str,
)
def test_a_refusal_that_cannot_be_understood_is_none(body: dict[str, Any]):
    with pytest.raises(MalformedRefusalError):
        refusals.read(403, body)


@pytest.mark.spec("RFC 9396", "2.2")
def test_a_resource_server_cannot_ask_for_access_to_another():
    elsewhere = Refusal(status=401, error="", authorization_details=({"locations": ["https://x"]},))

    with pytest.raises(MalformedRefusalError):
        refusals.wanted(elsewhere, {}, resource=RESOURCE)


def test_what_is_missing_is_asked_for_beside_what_is_there():
    refusal = Refusal(status=401, error="", scopes=("b",), acr_values=("2",), max_age=0)

    asked = refusals.wanted(refusal, {"client_id": "c", "scope": "a b"}, resource=RESOURCE)

    assert asked == {
        "client_id": "c", "resource": RESOURCE, "scope": "a b", "acr_values": "2", "max_age": "0",
    }  # fmt: skip
