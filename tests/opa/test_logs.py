"""`/opa/logs`: what OPA sends is kept, once, without tokens; what nobody's OPA sends is refused."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client as Browser

from idp.endpoints.resource_servers import opa_logs
from policy.decision_log.entries import DecisionEntry
from policy.models import LoggedDecision
from policy.opa import uploads
from tests.assertions import assert_oauth_error
from tests.factories import make_resource_server
from tests.relying_party import RelyingParty, basic

PATH = "/opa/logs"
TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"
Kept = Callable[[], list[LoggedDecision]]
EVENT: dict[str, Any] = {
    "labels": {"id": "462a43bd", "version": "1.22.2"},
    "decision_id": "4ca636c1-55e4-417a-b1d8-4aceb67960d1",
    "bundles": {"scopeward": {"revision": "rev-of-the-bundle"}},
    "path": "scopeward/decision",
    "input": {
        "subject": {"type": "user", "id": "ada"},
        "action": {"name": "select"},
        "resource": {"type": "query", "id": "warehouse", "properties": {"scopes": ["query"]}},
        "context": {"client_id": "desk"},
    },
    "result": {
        "decision": False,
        "context": {
            "reasons": ["The access token lacks query."],
            "remedy": {"scopes": ["query"]},
            "policy_rev": "r1",
        },
    },
    "erased": ["/input/token"],
    "timestamp": "2026-11-22T06:00:00.123456789Z",
    "metrics": {"timer_server_handler_ns": 1},
    "req_id": 7,
}


@pytest.fixture
def server(provider: None) -> str:
    """The Authorization header of the Warehouse."""
    client, secret = make_resource_server(client_id="warehouse")
    return basic(client.client_id, secret or "")


@pytest.fixture
def kept(settings: Any) -> Callable[[], list[LoggedDecision]]:
    """Every permit is logged; return what is, in the order of its making."""
    settings.SCOPEWARD = replace(settings.SCOPEWARD, decision_log_permits=1)
    return lambda: list(LoggedDecision.objects.order_by("decided_at", "client_id"))


def event(**changes: Any) -> dict[str, Any]:
    members = {**EVENT, **changes}
    return {name: value for name, value in members.items() if value is not ...}


def query(**properties: Any) -> dict[str, Any]:
    return {"type": "query", "id": "warehouse", "properties": properties}


def sent(authorization: str, body: Any, encoding: str = "gzip") -> Any:
    content = body if isinstance(body, bytes) else gzip.compress(json.dumps(body).encode())
    return Browser(raise_request_exception=False).post(
        PATH, content, content_type="application/json",
        HTTP_AUTHORIZATION=authorization, HTTP_CONTENT_ENCODING=encoding,
    )  # fmt: skip


def test_decision_is_kept_as_it_was_made(server: str, kept: Kept) -> None:
    assert sent(server, [EVENT]).status_code == 204

    (decision,) = kept()
    assert decision.source == "opa"
    assert decision.audience == "https://warehouse.example"
    assert (decision.subject, decision.client_id) == ("ada", "desk")
    assert (decision.action, decision.resource_type) == ("select", "query")
    assert (decision.subject_type, decision.resource) == ("user", "warehouse")
    assert decision.permit is False
    assert decision.reasons == ["The access token lacks query."]
    assert decision.remedy == {"scopes": ["query"]}
    assert decision.policies == ["scopeward/decision"]
    assert decision.revision == "r1"
    assert decision.decided_at == datetime(2026, 11, 22, 6, 0, 0, 123456, tzinfo=UTC)
    assert decision.evaluation["resource"]["properties"] == {"scopes": ["query"]}


def test_caller_that_the_token_named_is_kept_although_the_token_is_not(
    server: str, kept: Kept
) -> None:
    caller = {"type": "user", "id": "grace", "client_id": "other"}
    sent(
        server,
        [
            event(
                input={"subject": {"id": "ada"}},
                result={"decision": True, "context": {"caller": caller}},
            )
        ],
    )

    (decision,) = kept()
    assert (decision.subject, decision.client_id, decision.permit) == ("grace", "other", True)


def test_token_that_opa_did_not_mask_is_not_kept(server: str, kept: Kept) -> None:
    resource = {"type": "query", "id": TOKEN, "properties": {"purpose": f"Bearer {TOKEN}"}}
    asked = {**EVENT["input"], "token": TOKEN, "resource": resource}
    told = {"decision": False, "token": TOKEN, "context": {"reasons": [f"{TOKEN} is bad"]}}
    sent(server, [event(input=asked, result=told)])

    (row,) = LoggedDecision.objects.values()
    assert TOKEN not in str(row)


def test_decision_that_comes_twice_is_kept_once(server: str, kept: Kept) -> None:
    sent(server, [EVENT, EVENT, event(decision_id="other")])
    sent(server, [EVENT])

    assert len(kept()) == 2


def test_same_id_of_another_server_is_another_decision(server: str, kept: Kept) -> None:
    other, secret = make_resource_server(client_id="other", audience="https://other.example")
    sent(server, [EVENT])
    sent(basic("other", secret or ""), [EVENT])

    audiences = {decision.audience for decision in kept()}
    assert audiences == {"https://warehouse.example", other.resource_server}


@pytest.mark.parametrize(
    "result", [..., None, "yes", 1, [], {}, {"decision": "true"}, {"decision": 1}]
)
def test_only_a_clear_yes_is_kept_as_a_permit(server: str, kept: Kept, result: Any) -> None:
    assert sent(server, [event(result=result)]).status_code == 204

    assert kept()[0].permit is False


def test_rule_that_is_just_true_is_a_permit(server: str, kept: Kept) -> None:
    sent(server, [event(result=True)])

    assert kept()[0].permit is True


@pytest.mark.parametrize(
    "changes",
    [
        {"input": ...}, {"input": None}, {"input": [1]}, {"input": "x"}, {"bundles": ...},
        {"path": ...}, {"path": 7}, {"labels": ...}, {"result": {"context": "x"}},
        {"input": {"subject": "ada", "action": None, "resource": 7, "context": []}},
        {"input": {"subject": {"id": 7}}}, {"timestamp": "2026-11-22T06:00:00Z"},
        {"timestamp": "2026-11-22T07:00:00+01:00"},
        {"result": {"context": {"reasons": [7, "x" * 999], "policies": {}, "policy_rev": 1}}},
        {"input": {"text": "nul \0 and \ud800"}}, {"input": {"n": 10**400}},
        {"input": {"resource": query(columns=5, tables=True, scopes={})}},
        {"input": {"resource": query(columns="a.b.c", tables=[7], max_rows=10**30)}},
        {"input": {"subject": {"type": "user", "properties": {"clearance": 1e300, "roles": [[]]}}}},
        {"input": {"context": {"time": -(10**25), "address": "x\0y", "risk": None}}},
        {"input": {"action": {"name": "x" * 9999}, "resource": {"id": "\ud800" * 999}}},
        {"result": {"decision": False, "context": {"obligations": [7], "remedy": "x"}}},
    ],
)  # fmt: skip
def test_what_an_operator_may_ask_is_taken_as_it_comes(
    server: str, kept: Kept, changes: dict[str, Any]
) -> None:
    assert sent(server, [event(**changes)]).status_code == 204

    assert len(kept()) == 1


def test_endless_input_is_not_kept_but_the_decision_is(server: str, kept: Kept) -> None:
    properties = {"purpose": "y" * 20_000, "columns": ["x" * 99 for _ in range(999)]}
    resource = {"type": "query", "id": "warehouse", "properties": properties}
    sent(server, [event(input={**EVENT["input"], "resource": resource})])

    (decision,) = kept()
    assert (decision.subject, decision.resource) == ("ada", "warehouse")
    assert len(json.dumps(decision.evaluation)) < 20_000


@pytest.mark.parametrize(
    "odd", ['{"x":' + "[" * 5000 + "]" * 5000 + "}", '{"x":' + "9" * 5000 + "}", '{"x":"]}[{\\""}']
)
def test_odd_question_does_not_silence_the_others(server: str, kept: Kept, odd: str) -> None:
    poisoned = json.dumps(event(decision_id="odd", input="INPUT")).replace('"INPUT"', odd)
    last = event(decision_id="last", input={"context": {"client_id": "last"}})
    text = f"[{json.dumps(EVENT)},{poisoned},{json.dumps(last)}]"

    assert sent(server, gzip.compress(text.encode())).status_code == 204

    assert {"desk", "last"} <= {decision.client_id for decision in kept()}


def test_deep_question_that_can_be_read_is_not_kept_but_the_decision_is(
    server: str, kept: Kept
) -> None:
    deep: Any = {}
    for _ in range(400):
        deep = {"x": deep}

    assert sent(server, [event(input=deep)]).status_code == 204
    assert len(kept()) == 1


WHOLE = gzip.compress(json.dumps([EVENT]).encode())
REFUSED: dict[str, Any] = {
    "nothing": b"",
    "no gzip": b"not gzip",
    "zlib": zlib.compress(json.dumps([EVENT]).encode()),
    "half of it": WHOLE[:-4],
    "two of it": WHOLE + WHOLE,
    "something after it": WHOLE + b"rest",
    "gzip of nothing": gzip.compress(b""),
    "no JSON": gzip.compress(b"not json"),
    "an object": gzip.compress(b"{}"),
    "a text": gzip.compress(b'"text"'),
    "arrays without an end": gzip.compress(b"[[[["),
    "arrays upside down": gzip.compress(b"]["),
    "an array without an end": gzip.compress(b"[{}, ["),
    "an empty event": [{}],
    "no event": [None],
    "an array of arrays": [[]],
    "an array of texts": ["x"],
    "no id": [event(decision_id=...)],
    "an empty id": [event(decision_id="")],
    "a number as id": [event(decision_id=7)],
    "an endless id": [event(decision_id="x" * 256)],
    "one of them without time": [EVENT, event(timestamp=...)],
    "a number as time": [event(timestamp=7)],
    "words as time": [event(timestamp="yesterday")],
    "a time after all times": [event(timestamp="9999-12-31T23:59:59-14:00")],
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_no_opa_sends_is_refused_as_a_whole(server: str, kept: Kept, what: str) -> None:
    assert_oauth_error(sent(server, REFUSED[what]), "invalid_request")
    assert kept() == []


@pytest.mark.parametrize("encoding", ["", "identity", "deflate", "br", "gzip, gzip"])
def test_upload_is_gzip(server: str, kept: Kept, encoding: str) -> None:
    assert_oauth_error(sent(server, [EVENT], encoding), "invalid_request")
    assert kept() == []


def test_bomb_is_not_unpacked(server: str, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_BYTES", 1024 * 1024)
    bomb = gzip.compress(b"[" + b" " * (64 * 1024 * 1024) + b"]")
    assert len(bomb) < 100_000

    assert_oauth_error(sent(server, bomb), "invalid_request")
    assert kept() == []


@pytest.mark.parametrize("size", [uploads.MAX_UPLOAD_BYTES + 1, 3 * 1024 * 1024])
def test_upload_has_a_limit(server: str, kept: Kept, size: int) -> None:
    assert_oauth_error(sent(server, b"\x1f\x8b" + b"0" * size), "invalid_request")


def test_number_of_events_has_a_limit(
    server: str, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_EVENTS", 2)

    assert sent(server, [EVENT] * 2).status_code == 204
    assert_oauth_error(sent(server, [EVENT] * 3), "invalid_request")


def test_decisions_that_cannot_be_kept_now_are_asked_for_again(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(entries: Iterable[DecisionEntry]) -> int:
        raise OperationalError

    monkeypatch.setattr(opa_logs, "record_batch", fail)

    assert_oauth_error(sent(server, [EVENT]), "temporarily_unavailable", status=503)


@pytest.mark.parametrize("header", ["", "Bearer token", "Basic bm9ib2R5OndpdGg="])
def test_strangers_log_nothing(server: str, kept: Kept, header: str) -> None:
    response = sent(header, [EVENT])

    assert response.status_code in {400, 401}
    assert kept() == []


def test_relying_parties_log_nothing(rp: RelyingParty, kept: Kept) -> None:
    response = sent(basic(rp.client.client_id, rp.secret or ""), [EVENT])

    assert_oauth_error(response, "unauthorized_client")
    assert kept() == []


def test_log_is_only_written(server: str) -> None:
    assert Browser().get(PATH, HTTP_AUTHORIZATION=server).status_code == 405
