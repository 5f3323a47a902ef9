"""What guards send: taken whole or not at all, only about their own data, and never a secret."""

import json
from typing import Any

import pytest
from django.test import Client as Browser
from redis.exceptions import ConnectionError as RedisConnectionError

from policy.models import LoggedDecision, LoggedName
from scopeward_guard._base.references import new_reference
from tests.assertions import assert_oauth_error
from tests.factories import make_client, make_resource_server
from tests.policy.decision_log.asked import DENIED, PERMITTED, question
from tests.relying_party import basic

PATH = "/policy/decisions"
TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLXdpdGgtYml0cw"


@pytest.fixture
def server(provider: None) -> tuple[str, str]:
    """A resource server's audience and its Authorization header."""
    client, secret = make_resource_server()
    return client.resource_server, basic(client.client_id, secret or "")


def entry(**changes: Any) -> dict[str, Any]:
    """Return one decision of a batch; changes of None are left out."""
    members = {
        "decision_id": new_reference(),
        "decided_at": 1_790_000_000.5,
        "evaluation": question().as_json(),
        "decision": DENIED.as_json(),
        **changes,
    }
    return {name: value for name, value in members.items() if value is not None}


def send(server: tuple[str, str], *entries: Any, **changes: Any) -> Any:
    body = {"audience": server[0], "decisions": list(entries), **changes}
    return post(server, json.dumps(body))


def post(server: tuple[str, str], body: str | bytes) -> Any:
    return Browser().post(
        PATH, body, content_type="application/json", headers={"Authorization": server[1]}
    )


def test_a_guards_decisions_are_logged_under_its_references(server: tuple[str, str]) -> None:
    sent = [entry(), entry()]
    response = send(server, *sent)
    assert (response.status_code, response.content) == (204, b"")
    rows = LoggedDecision.objects.all()
    assert {row.reference for row in rows} == {one["decision_id"] for one in sent}
    assert {(row.source, row.audience) for row in rows} == {("guard", server[0])}


def test_a_batch_that_is_sent_again_is_logged_once(server: tuple[str, str]) -> None:
    one = entry()
    for again in (one, one, entry(decision_id=one["decision_id"], decision=PERMITTED.as_json())):
        assert send(server, again).status_code == 204
    assert LoggedDecision.objects.get().permit is False


def test_a_batch_takes_few_statements(
    server: tuple[str, str], django_assert_max_num_queries: Any
) -> None:
    send(server, entry())
    with django_assert_max_num_queries(8):
        send(server, *(entry() for _ in range(50)))


@pytest.mark.parametrize("audience", ["https://other.example", "", None, ["https://w.example"]])
def test_nobody_logs_decisions_about_anothers_data(server: tuple[str, str], audience: Any) -> None:
    assert_oauth_error(send(server, entry(), audience=audience), "invalid_request")
    assert not LoggedDecision.objects.exists()


def test_only_resource_servers_log_decisions(provider: None) -> None:
    client, secret = make_client()
    strangers = [
        ("https://rp.example", basic(client.client_id, secret or "")),
        ("https://rp.example", basic("nobody", "wrong")),
        ("https://rp.example", ""),
    ]
    assert [send(who, entry()).status_code for who in strangers] == [400, 401, 401]
    assert not LoggedDecision.objects.exists()


def test_a_browser_cannot_be_made_to_get_it(server: tuple[str, str]) -> None:
    response = Browser().get(PATH, headers={"Authorization": server[1]})
    assert response.status_code == 405


DEEP: Any = "x"
for _ in range(30):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "changes",
    [
        {"decision_id": None},
        {"decision_id": "4711"},
        {"decision_id": "K7MQ2-X9D4R"},
        {"decision_id": ["k7mq2-x9d4r"]},
        {"decided_at": None},
        {"decided_at": "now"},
        {"decided_at": True},
        {"decided_at": -1},
        {"decided_at": 1e300},
        {"evaluation": None},
        {"evaluation": []},
        {"evaluation": {"subject": {"type": "user"}, "action": {}, "resource": {}}},
        {"evaluation": {**question().as_json(), "context": {"deep": DEEP}}},
        {"decision": None},
        {"decision": {"decision": "false"}},
        {"decision": {"decision": False, "context": {"reasons": "no"}}},
        {"decision": {"decision": False, "context": {"obligations": [{"id": "x", "d": DEEP}]}}},
        {"decision": {"decision": False, "context": {"policies": [1]}}},
    ],
)
def test_one_malformed_decision_refuses_the_batch(
    server: tuple[str, str], changes: dict[str, Any]
) -> None:
    response = send(server, entry(), entry(**changes))
    assert_oauth_error(response, "invalid_request")
    assert not LoggedDecision.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"audience": NaN}',
        b'{"decisions": [], "decisions": []}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b" " * (256 * 1024 + 1),
    ],
)
def test_what_is_not_a_batch_is_a_clear_refusal(server: tuple[str, str], body: bytes) -> None:
    assert_oauth_error(post(server, body), "invalid_request")


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_is_neither_empty_nor_endless(server: tuple[str, str], count: int) -> None:
    response = send(server, *(entry(decision_id=None) for _ in range(count)))
    assert_oauth_error(response, "invalid_request")


def test_a_server_that_floods_the_log_is_told_to_wait(
    server: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("idp.endpoints.resource_servers.decisions.MOST_BATCHES", 2)
    answers = [send(server, entry()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [204, 204, 503]
    assert answers[-1]["Retry-After"] == "60"
    assert LoggedDecision.objects.count() == 2


def test_while_nothing_can_be_counted_it_is_to_be_sent_again(
    server: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_key: str) -> int:
        raise RedisConnectionError

    monkeypatch.setattr("idp.endpoints.resource_servers.decisions.cache.incr", gone)
    assert send(server, entry()).status_code == 503
    assert not LoggedDecision.objects.exists()


def test_no_secret_is_ever_stored(server: tuple[str, str]) -> None:
    secrets = ["hunter2", TOKEN, "s3cr3t-key", "x" * 64]
    asked = question(
        facts={"password": "hunter2", "access_token": TOKEN, "department": f"Bearer {TOKEN}"},
        properties={"statement": "SELECT 's3cr3t-key'", "purpose": f"see {TOKEN} and {'x' * 64}"},
        context={"authorization": "s3cr3t-key", "approval": {"statement": "hunter2"}},
    ).as_json()
    denial = DENIED.as_json()
    denial["context"] |= {
        "reasons": [f"your token {TOKEN} is no good"],
        "obligations": [{"id": "row_filter", "filter": f"token = {TOKEN}"}],
        "policy_rev": TOKEN,
    }
    assert send(server, entry(evaluation=asked, decision=denial)).status_code == 204
    (stored,) = LoggedDecision.objects.values()
    said = repr(stored) + repr(list(LoggedName.objects.values()))
    assert not [secret for secret in secrets if secret in said]


def test_who_somebody_is_stays_out_unless_policies_speak_of_it(server: tuple[str, str]) -> None:
    facts = {"email": "ada@example.org", "name": "Ada", "birthdate": "1815-12-10"}
    send(server, entry(evaluation=question(facts=facts).as_json()))
    (row,) = LoggedDecision.objects.all()
    assert set(row.evaluation["subject"]["properties"]) == {"department", "clearance"}


def test_a_question_that_is_too_large_is_kept_by_its_names_alone(server: tuple[str, str]) -> None:
    columns = [f"hr.employees.column_{n}" for n in range(2_000)]
    send(server, entry(evaluation=question(properties={"columns": columns}).as_json()))
    (row,) = LoggedDecision.objects.all()
    assert row.is_complete is False
    assert len(json.dumps(row.evaluation)) < 1_000
    assert row.subject == "ada"


@pytest.mark.both_databases
def test_texts_that_databases_refuse_are_stored_without_harm(server: tuple[str, str]) -> None:
    asked = question("a\0da", facts={"department": "fi\0nance"}, resource="\U0001f600").as_json()
    denial = {"decision": False, "context": {"reasons": ["no\0pe"], "policies": ["p\0"]}}
    assert send(server, entry(evaluation=asked, decision=denial)).status_code == 204
    (row,) = LoggedDecision.objects.all()
    assert (row.subject, row.reasons, row.policies) == ("ada", ["nope"], ["p"])
