"""The database or Redis is away: everybody is told so, nobody is told anything else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.cache import cache
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpResponse
from django.test import Client as Browser
from redis import RedisError

from foundation.base.configuration import epoch
from foundation.base.keys.models import KeyState
from foundation.base.models import SigningKey
from idp.web.machine_endpoints import MACHINE_ENDPOINTS
from tests.assertions import assert_oauth_error
from tests.factories import WAREHOUSE, make_machine, make_resource_server
from tests.relying_party import FORM, RelyingParty, basic

SECRETIVE = "connection to 10.1.2.3 as scopeward failed"
APPROVAL = "/approvals/0b7f9d5e-0000-4000-8000-000000000000"
QUESTION = {
    "subject": {"type": "user", "id": "ada"},
    "action": {"name": "read"},
    "resource": {"type": "query", "id": "1"},
}
FORMS: dict[str, dict[str, str]] = {
    "/token": {"grant_type": "authorization_code", "code": "c", "code_verifier": "v" * 43},
    "/introspect": {"token": "t"},
    "/revoke": {"token": "t"},
    "/backchannel-authentication": {"scope": "openid", "login_hint": "ada"},
}
DOCUMENTS: dict[str, Any] = {
    "/access/v1/evaluation": QUESTION,
    "/access/v1/evaluations": QUESTION | {"evaluations": [{}]},
    f"{APPROVAL}/consume": {"jti": "j", "detail_digest": "h"},
    "/policy/decisions": {},
}
READ = ("/revocations", "/policy/bundle", "/userinfo", "/grants/g")
PREPARED = ("/.well-known/jwks.json", "/.well-known/openid-configuration")


@pytest.fixture
def server(provider: None) -> str:
    """The Authorization header of a resource server."""
    client, secret = make_resource_server()
    return basic(client.client_id, secret or "")


@contextmanager
def database_away(error: Exception | None = None) -> Iterator[None]:
    """Let every statement fail, as it does when the database has gone."""

    def fail(*statement: object) -> None:
        raise error or OperationalError(SECRETIVE)

    epoch.forget()
    with connection.execute_wrapper(fail):
        yield
    epoch.forget()


def assert_away(response: HttpResponse) -> None:
    assert_oauth_error(response, "temporarily_unavailable", status=503)
    assert int(response["Retry-After"]) > 0
    assert "10.1.2.3" not in response.content.decode()


def asked(path: str, authorization: str) -> HttpResponse:
    """Ask an endpoint for programs as its caller would."""
    is_for_tokens = path in {"/userinfo", "/grants/g"}
    browser = Browser()
    header = {"HTTP_AUTHORIZATION": "Bearer opaque" if is_for_tokens else authorization}
    if path in READ:
        return browser.get(path, **header)
    if path in DOCUMENTS:
        return browser.post(path, DOCUMENTS[path], content_type="application/json", **header)
    return browser.post(path, urlencode(FORMS[path]), content_type=FORM, **header)


@pytest.mark.spec("RFC 7009", "2.2.1")
@pytest.mark.parametrize("error", [OperationalError(SECRETIVE), InterfaceError("closed")])
def test_every_endpoint_says_that_it_will_be_back(server: str, error: Exception) -> None:
    with database_away(error):
        answers = {path: asked(path, server) for path in (*FORMS, *DOCUMENTS, *READ)}

    for answer in answers.values():
        assert_away(answer)


def test_no_endpoint_for_programs_fails(provider: None) -> None:
    paths = [path.replace("*", "name") for path in MACHINE_ENDPOINTS]

    with database_away():
        answers = [
            getattr(Browser(), method)(path, HTTP_ORIGIN="https://rp.example")
            for path in paths
            for method in ("get", "post", "options")
        ]

    assert {answer.status_code for answer in answers if answer.status_code >= 500} == {503}
    assert not [
        a for a in answers if a.status_code == 503 and a["Content-Type"] != "application/json"
    ]


def test_no_token_is_issued_on_what_was_known_before(provider: None) -> None:
    make_resource_server(scopes=["query"])
    machine = RelyingParty(*make_machine(scope="query", resources=(WAREHOUSE,)))
    assert machine.client_credentials().status_code == 200

    with database_away():
        assert_away(machine.client_credentials())

    assert machine.client_credentials().status_code == 200


@pytest.mark.parametrize("path", PREPARED)
def test_keys_and_metadata_are_answered_meanwhile(provider: None, path: str) -> None:
    before = Browser().get(path)

    with database_away():
        meanwhile = Browser().get(path)
        unchanged = Browser().get(path, HTTP_IF_NONE_MATCH=before["ETag"])

    assert (meanwhile.status_code, meanwhile.content) == (200, before.content)
    assert unchanged.status_code == 304


def test_a_page_says_that_it_will_be_back(rp: RelyingParty) -> None:
    rp.browser.raise_request_exception = False

    with database_away():
        page = rp.authorize()

    assert page.status_code == 503
    assert page["Retry-After"]
    assert "We cannot answer at the moment" in page.content.decode()
    assert "10.1.2.3" not in page.content.decode()


def test_a_fault_of_ours_is_not_taken_for_an_outage(server: str) -> None:
    with database_away(ValueError(SECRETIVE)):
        answer = asked("/access/v1/evaluation", server)

    assert (answer.status_code, answer.json()["error"]) == (500, "server_error")
    assert "10.1.2.3" not in answer.content.decode()


def test_redis_that_is_away_is_told_in_the_same_way(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*told: object, **more: object) -> None:
        raise RedisError(SECRETIVE)

    monkeypatch.setattr(cache, "add", fail)

    assert_away(asked("/policy/decisions", server))


def test_an_outage_is_logged_once_with_its_cause_and_the_request(
    server: str, caplog: pytest.LogCaptureFixture
) -> None:
    with database_away():
        answer = asked("/introspect", server)

    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [record.getMessage() for record in errors] == [f"Unavailable: /introspect: {SECRETIVE}"]
    assert errors[0].exc_info is None
    assert answer["X-Request-ID"]


def test_programs_are_told_to_ask_again_while_there_is_no_key_to_sign_with(provider: None) -> None:
    machine = RelyingParty(*make_machine())
    SigningKey.objects.update(state=KeyState.RETIRED)
    epoch.start_new_epoch()

    assert_away(machine.client_credentials())


@pytest.mark.django_db
@pytest.mark.parametrize(("cause", "status"), [(OperationalError(), 503), (ValueError(), 400)])
def test_a_session_that_cannot_be_saved_is_no_mistake_of_the_visitor(
    monkeypatch: pytest.MonkeyPatch, cause: Exception, status: int
) -> None:
    def save(*_: Any) -> HttpResponse:
        update = UpdateError()
        update.__context__ = cause
        interrupted = SessionInterrupted()
        interrupted.__context__ = update
        raise interrupted

    monkeypatch.setattr(SessionMiddleware, "process_response", save)

    response = Browser(raise_request_exception=False).get("/accounts/login/")

    assert response.status_code == status
    assert response.has_header("Retry-After") == (status == 503)
