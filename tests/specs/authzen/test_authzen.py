"""AuthZEN Authorization API 1.0, as a policy decision point for resource servers."""

import json
from typing import Any

import pytest
from django.test import Client as Browser

from foundation.base import conf
from foundation.directory.models import User
from policy.decision_log.selectors import recent_questions
from policy.decision_log.services import flush
from tests.factories import make_machine, make_resource_server
from tests.policies import PERMIT_ALL, put_in_force
from tests.relying_party import basic
from tests.specs.authzen import todo


class Caller:
    """A policy enforcement point."""

    def __init__(self) -> None:
        client, secret = make_resource_server()
        self.audience = client.resource_server
        self.authorization = basic(client.client_id, secret or "")

    def post(self, path: str, body: Any, **headers: str) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body)
        headers = {"HTTP_AUTHORIZATION": self.authorization, **headers}
        content_type = headers.pop("CONTENT_TYPE", "application/json")
        return Browser().post(path, data, content_type=content_type, **headers)


@pytest.fixture
def caller(_provider: None) -> Caller:
    return Caller()


@pytest.fixture
def todo_caller(caller: Caller) -> Caller:
    todo.put_in_force(caller.audience)
    return caller


RICK = todo.question("rick@the-citadel.com", "can_create_todo", "todo", "todo-1")
BETH = todo.question("beth@the-smiths.com", "can_create_todo", "todo", "todo-1")


# --- evaluation -----------------------------------------------------------------------------------


@pytest.mark.spec("AuthZEN Authorization API", "6.2")
def test_all_decisions_of_the_interoperability_scenario(todo_caller: Caller) -> None:
    questions = list(todo.decisions())
    answers = [
        todo_caller.post("/access/v1/evaluation", asked).json()["decision"]
        for asked, _ in questions
    ]
    assert len(questions) == 40
    assert answers == [expected for _, expected in questions]


@pytest.mark.spec("AuthZEN Authorization API", "6.2")
def test_a_denial_is_an_answer_with_reasons_and_a_reference(todo_caller: Caller) -> None:
    response = todo_caller.post("/access/v1/evaluation", BETH)
    body = response.json()
    flush()
    (logged,) = recent_questions(todo_caller.audience, 5)
    assert (response.status_code, body["decision"]) == (200, False)
    assert body["context"]["reasons"]
    assert body["context"]["reference"] == logged.reference


@pytest.mark.spec("AuthZEN Authorization API", "6.2")
def test_obligations_stand_in_the_context_of_a_permit(caller: Caller) -> None:
    put_in_force(
        caller.audience, '@id("rows") @row_limit("7") permit(principal, action, resource);'
    )
    asked = {
        "subject": {"type": "user", "id": "x"},
        "action": {"name": "select"},
        "resource": {"type": "query", "id": "w", "properties": {"tables": ["a.b"]}},
    }
    body = caller.post("/access/v1/evaluation", asked).json()
    assert body["decision"] is True
    assert body["context"]["obligations"] == [{"id": "row_limit", "rows": 7}]


@pytest.mark.spec("AuthZEN Authorization API", "5.1")
def test_the_provider_knows_its_people_when_the_caller_names_them_only(
    caller: Caller, person: User
) -> None:
    put_in_force(
        caller.audience,
        '@id("finance") permit(principal is User, action, resource) '
        'when { principal has department && principal.department == "Finance" };',
    )
    asked = {
        "subject": {"type": "user", "id": person.subject},
        "action": {"name": "GET"},
        "resource": {"type": "endpoint", "id": "/reports"},
    }
    said = {**asked["subject"], "properties": {"department": "Sales"}}
    assert caller.post("/access/v1/evaluation", asked).json()["decision"] is (
        department_of(person) == "Finance"
    )
    assert (
        caller.post("/access/v1/evaluation", {**asked, "subject": said}).json()["decision"] is False
    )


def department_of(person: User) -> Any:
    from claims.subject import load

    return load(person.pk).attributes.get("department")


@pytest.mark.spec("AuthZEN Authorization API", "6.2")
def test_a_person_who_is_not_active_may_nothing(caller: Caller, person: User) -> None:
    put_in_force(caller.audience, PERMIT_ALL)
    User.objects.filter(pk=person.pk).update(is_active=False)
    asked = {
        "subject": {"type": "user", "id": person.subject},
        "action": {"name": "GET"},
        "resource": {"type": "endpoint", "id": "/reports"},
    }
    assert caller.post("/access/v1/evaluation", asked).json()["decision"] is False


def test_a_resource_server_without_policy_is_told_no(caller: Caller) -> None:
    assert caller.post("/access/v1/evaluation", RICK).json()["decision"] is False


def test_a_caller_asks_its_own_policy_only(todo_caller: Caller) -> None:
    other, secret = make_resource_server(resource_server="https://other.example")
    authorization = basic(other.client_id, secret or "")
    answer = todo_caller.post("/access/v1/evaluation", RICK, HTTP_AUTHORIZATION=authorization)
    assert answer.json()["decision"] is False


@pytest.mark.parametrize(
    ("time", "permitted"),
    [
        ("2026-11-23T09:30:00Z", True),
        ("2026-11-23T22:30:00+00:00", False),
        (1795426200, True),
    ],
)
def test_the_time_of_the_question_is_the_callers(
    caller: Caller, time: Any, permitted: bool
) -> None:
    put_in_force(
        caller.audience,
        '@id("day") permit(principal, action, resource) when { context.hour < 12 };',
    )
    asked = {
        "subject": {"type": "user", "id": "x"},
        "action": {"name": "GET"},
        "resource": {"type": "endpoint", "id": "/"},
        "context": {"time": time},
    }
    assert caller.post("/access/v1/evaluation", asked).json()["decision"] is permitted


# --- errors, request ids --------------------------------------------------------------------------


@pytest.mark.spec("AuthZEN Authorization API", "10.1.9")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"subject":1}',
        b'{"a":1,"a":2}',
        b"\xff",
        {},
        {**RICK, "subject": {"type": "user"}},
        {**RICK, "action": {}},
        {**RICK, "resource": []},
        {**RICK, "context": "x"},
        {**RICK, "context": {"time": "yesterday"}},
        {**RICK, "context": {"time": "2026-11-23T09:30:00"}},
        b'{"x":' * 50 + b"1" + b"}" * 50,
    ],
)
@pytest.mark.parametrize("path", ["/access/v1/evaluation", "/access/v1/search/action"])
def test_what_cannot_be_read_is_400(todo_caller: Caller, path: str, body: Any) -> None:
    response = todo_caller.post(path, body)
    if path == "/access/v1/search/action" and body == {**RICK, "action": {}}:
        assert response.status_code == 200  # it is what is searched for
    else:
        assert response.status_code == 400
        assert response["Content-Type"].startswith("text/plain")


@pytest.mark.spec("AuthZEN Authorization API", "11")
def test_what_is_too_long_is_not_read(todo_caller: Caller) -> None:
    assert todo_caller.post("/access/v1/evaluation", b" " * 300_000).status_code == 400


@pytest.mark.spec("AuthZEN Authorization API", "10.1")
def test_another_media_type_is_400(todo_caller: Caller) -> None:
    answer = todo_caller.post("/access/v1/evaluation", b"{}", CONTENT_TYPE="text/plain")
    assert answer.status_code == 400


@pytest.mark.spec("AuthZEN Authorization API", "10.1.9")
@pytest.mark.parametrize("authorization", ["", "Bearer x", basic("nobody", "nothing")])
def test_strangers_get_401(todo_caller: Caller, authorization: str) -> None:
    answer = todo_caller.post("/access/v1/evaluation", RICK, HTTP_AUTHORIZATION=authorization)
    assert answer.status_code == 401


@pytest.mark.spec("AuthZEN Authorization API", "10.1.9")
def test_a_client_that_is_no_resource_server_gets_403(todo_caller: Caller) -> None:
    client, secret = make_machine()
    authorization = basic(client.client_id, secret or "")
    answer = todo_caller.post("/access/v1/evaluation", RICK, HTTP_AUTHORIZATION=authorization)
    assert answer.status_code == 403


@pytest.mark.spec("AuthZEN Authorization API", "10.1.11")
@pytest.mark.parametrize("said", ["bfe9eb29-ab87-4ca3-be83-a1d5d8305716", "any string: (42)"])
def test_the_request_id_comes_back(todo_caller: Caller, said: str) -> None:
    assert (
        todo_caller.post("/access/v1/evaluation", RICK, HTTP_X_REQUEST_ID=said)["X-Request-ID"]
        == said
    )


@pytest.mark.parametrize("said", ["x" * 300, "tab\there", "caf\u00e9"])
def test_a_request_id_that_could_do_harm_is_replaced(todo_caller: Caller, said: str) -> None:
    assert (
        todo_caller.post("/access/v1/evaluation", RICK, HTTP_X_REQUEST_ID=said)["X-Request-ID"]
        != said
    )


@pytest.mark.spec("AuthZEN Authorization API", "10.1")
def test_it_is_asked_by_post(todo_caller: Caller) -> None:
    assert Browser().get("/access/v1/evaluation").status_code == 405


# --- evaluations ----------------------------------------------------------------------------------


def boxcar(*actions: str, semantic: str | None = None) -> dict[str, Any]:
    options = {"options": {"evaluations_semantic": semantic}} if semantic else {}
    questions = [{"action": {"name": action}} for action in actions]
    return {**BETH, "evaluations": questions, **options}


READ, CREATE = "can_read_todos", "can_create_todo"


@pytest.mark.spec("AuthZEN Authorization API", "7.1.2")
@pytest.mark.parametrize(
    ("semantic", "expected"),
    [
        (None, [True, False, True]),
        ("execute_all", [True, False, True]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
    ],
)
def test_semantics_of_several_evaluations(
    todo_caller: Caller, semantic: str | None, expected: list[bool]
) -> None:
    body = boxcar(READ, CREATE, READ, semantic=semantic)
    answers = todo_caller.post("/access/v1/evaluations", body).json()["evaluations"]
    assert [answer["decision"] for answer in answers] == expected


@pytest.mark.spec("AuthZEN Authorization API", "7.1.1")
def test_members_of_an_evaluation_win_over_the_defaults(todo_caller: Caller) -> None:
    body = {**BETH, "evaluations": [{"subject": RICK["subject"]}, {}]}
    answers = todo_caller.post("/access/v1/evaluations", body).json()["evaluations"]
    assert [answer["decision"] for answer in answers] == [True, False]


@pytest.mark.spec("AuthZEN Authorization API", "7.1")
@pytest.mark.parametrize("more", [{}, {"evaluations": []}])
def test_without_evaluations_it_is_one_evaluation(
    todo_caller: Caller, more: dict[str, Any]
) -> None:
    assert todo_caller.post("/access/v1/evaluations", {**RICK, **more}).json()["decision"] is True


@pytest.mark.spec("AuthZEN Authorization API", "7.2.1")
@pytest.mark.parametrize("broken", [1, None, [], {"subject": {}}])
def test_one_that_cannot_be_read_hurts_no_other(todo_caller: Caller, broken: Any) -> None:
    body = {**RICK, "evaluations": [broken, {}]}
    first, second = todo_caller.post("/access/v1/evaluations", body).json()["evaluations"]
    assert first["decision"] is False
    assert first["context"]["error"]["status"] == 400
    assert second["decision"] is True


@pytest.mark.parametrize(
    "body",
    [
        boxcar(READ, semantic="first_come"),
        {**RICK, "evaluations": {}},
        {**RICK, "evaluations": [{}] * 101},
        {**RICK, "evaluations": [{}], "options": []},
        {**RICK, "evaluations": [{}], "options": {"evaluations_semantic": 1}},
    ],
)
def test_evaluations_that_cannot_be_read_are_400(todo_caller: Caller, body: Any) -> None:
    assert todo_caller.post("/access/v1/evaluations", body).status_code == 400


# --- search ---------------------------------------------------------------------------------------


@pytest.mark.spec("AuthZEN Authorization API", "8.6")
def test_actions_that_a_person_may_do(todo_caller: Caller) -> None:
    found = todo_caller.post("/access/v1/search/action", {**BETH, "action": {}}).json()
    assert found["results"] == [{"name": "can_read_todos"}, {"name": "can_read_user"}]
    assert found["page"] == {"next_token": ""}


@pytest.mark.spec("AuthZEN Authorization API", "8.4")
def test_people_who_may(caller: Caller, person: User, other_person: User) -> None:
    name = json.dumps(person.subject)
    put_in_force(
        caller.audience, f'@id("one") permit(principal == User::{name}, action, resource);'
    )
    asked = {
        "subject": {"type": "user"},
        "action": {"name": "GET"},
        "resource": {"type": "endpoint", "id": "/"},
    }
    found = caller.post("/access/v1/search/subject", asked).json()
    assert found["results"] == [{"type": "user", "id": person.subject}]


@pytest.mark.spec("AuthZEN Authorization API", "8.4")
def test_people_are_found_page_by_page(
    caller: Caller, person: User, other_person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policy.authzen.search.PAGE", 1)
    put_in_force(caller.audience, PERMIT_ALL)
    asked = {
        "subject": {"type": "user"},
        "action": {"name": "GET"},
        "resource": {"type": "endpoint", "id": "/"},
    }
    first = caller.post("/access/v1/search/subject", asked).json()
    page = {"token": first["page"]["next_token"]}
    second = caller.post("/access/v1/search/subject", {**asked, "page": page}).json()
    found = {entry["id"] for entry in first["results"] + second["results"]}
    assert found == {person.subject, other_person.subject}
    assert second["page"]["next_token"] == ""


@pytest.mark.spec("AuthZEN Authorization API", "8.5")
def test_resources_of_the_catalogue_that_may_be_read(caller: Caller) -> None:
    from consent.approvals.sensitive_data import Level, SensitiveData, protect

    data = {"hr.salary": Level.CONFIDENTIAL, "hr.name": Level.INTERNAL, "hr.*": Level.INTERNAL}
    protect(
        caller.audience,
        "",
        [SensitiveData(pattern=name, level=level, label=name) for name, level in data.items()],
    )
    put_in_force(
        caller.audience,
        '@id("low") permit(principal, action, resource is Field) '
        "when { resource.sensitivity < 2 };",
    )
    asked = {
        "subject": {"type": "user", "id": "x"},
        "action": {"name": "read"},
        "resource": {"type": "field"},
    }
    found = caller.post("/access/v1/search/resource", asked).json()
    assert found["results"] == [{"type": "field", "id": "hr.name"}]


@pytest.mark.parametrize("page", [{"token": "x"}, {"token": 1}, [], "x"])
def test_a_page_token_that_is_not_ours_is_400(todo_caller: Caller, page: Any) -> None:
    asked = {**BETH, "subject": {"type": "user"}, "page": page}
    assert todo_caller.post("/access/v1/search/subject", asked).status_code == 400


@pytest.mark.parametrize(
    "path", ["/access/v1/search/subject", "/access/v1/search/resource", "/access/v1/search/action"]
)
def test_without_a_policy_nothing_is_found(caller: Caller, path: str) -> None:
    assert caller.post(path, BETH).json()["results"] == []


# --- metadata -------------------------------------------------------------------------------------


@pytest.mark.spec("AuthZEN Authorization API", "9.2")
def test_the_configuration_names_endpoints_that_are_there(todo_caller: Caller) -> None:
    document = Browser().get("/.well-known/authzen-configuration").json()
    issuer = conf.current().issuer
    assert document.pop("policy_decision_point") == issuer
    assert all(document.values())
    for url in document.values():
        assert todo_caller.post(url.removeprefix(issuer), BETH).status_code == 200


def test_whoever_stops_being_active_during_a_search_is_not_found(
    caller: Caller, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policy.authzen.search.subjects", lambda _keys: {})
    put_in_force(caller.audience, PERMIT_ALL)
    asked = {**BETH, "subject": {"type": "user"}}
    response = caller.post("/access/v1/search/subject", asked)
    assert (response.status_code, response.json()["results"]) == (200, [])
