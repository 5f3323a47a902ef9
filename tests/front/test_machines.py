"""Programs are answered by one application, and there is no way to their endpoints around it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser, RequestFactory
from django.urls import Resolver404, resolve

from idp.web.machine_endpoints import MACHINE_ENDPOINTS
from idp.web.machines import connections as upkeep
from idp.web.machines.application import Machines
from idp.web.machines.request import MachineRequest
from idp.web.machines.site import Site
from tests.front.fakes import STILL, Protocol, Scope, run
from tests.front.test_front import front
from tests.relying_party import FORM
from tests.served import SiteHandler, machines

PATHS = sorted(path.replace("*", "n") for path in MACHINE_ENDPOINTS)
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "UNKNOWN")
OF_ITS_OWN = {"x-request-id", "x-fapi-interaction-id"}


def environ_of(path: str, method: str = "GET", **more: Any) -> dict[str, Any]:
    environ: dict[str, Any] = RequestFactory().generic(method, path, **more).environ
    return environ


def no_pages(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    raise AssertionError(environ["PATH_INFO"])


@contextmanager
def answering(view: Callable[[HttpRequest], HttpResponse], made: Machines) -> Iterator[None]:
    before, made.views = made.views, dict.fromkeys(MACHINE_ENDPOINTS, view)
    yield
    made.views = before


# --- the one way ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_django_does_not_know_the_endpoints_of_programs(path: str, provider: None) -> None:
    with pytest.raises(Resolver404):
        resolve(path)
    statuses: list[str] = []

    WSGIHandler()(environ_of(path), lambda status, _headers: statuses.append(status))

    assert statuses == ["404 Not Found"]


def test_the_tests_ask_the_application_that_is_served() -> None:
    assert type(Browser().handler) is SiteHandler
    assert type(machines()) is Machines


@pytest.mark.parametrize("path", PATHS)
def test_both_ways_in_give_the_answer_that_tests_see(path: str, provider: None) -> None:
    """By RSGI and by WSGI: status, headers and body, whatever the method."""
    site = Site(machines(), no_pages)
    for method in METHODS:
        expected = Browser().generic(method, path, b"a=b", content_type=FORM)

        assert by_rsgi(site, method, path) == told(expected)
        if method != "HEAD":  # which the server takes the body from
            assert by_wsgi(site, method, path) == (*told(expected), expected.content)


def told(response: HttpResponse) -> tuple[int, dict[str, str]]:
    return response.status_code, without_ids(response.items())


def without_ids(headers: Any) -> dict[str, str]:
    return {name: value for name, value in headers if name.lower() not in OF_ITS_OWN}


def by_rsgi(site: Site, method: str, path: str) -> tuple[int, dict[str, str]]:
    from idp.front.answering import answer
    from idp.front.environ import environ_of as environ_of_scope

    protocol = Protocol()
    scope = Scope(method, path, content_type=FORM)
    answer(site, environ_of_scope(scope, b"a=b"), protocol)
    ((status, headers, _body),) = protocol.answers
    return status, without_ids(headers.items())


def by_wsgi(site: Site, method: str, path: str) -> tuple[int, dict[str, str], bytes]:
    seen: list[Any] = []
    environ = environ_of(path, method, data=b"a=b", content_type=FORM)
    body = site(environ, lambda status, headers: seen.extend((status, headers)))
    return int(seen[0][:3]), without_ids(seen[1]), b"".join(body)


def test_what_is_no_endpoint_is_left_to_pages() -> None:
    assert machines().respond(environ_of("/accounts/login/")) is None
    assert machines().respond(environ_of("/token/")) is None


# --- what goes wrong -----------------------------------------------------------------------------


def test_whatever_fails_is_answered_in_json(provider: None, monkeypatch: Any) -> None:
    def fail(*_arguments: object) -> HttpResponse:
        raise ValueError("a fault of ours")

    with answering(fail, machines()):
        in_a_view = Browser().get("/token")
    monkeypatch.setattr("idp.web.cors.allowed_origins", fail)
    in_what_is_around = Browser().options("/token", HTTP_ORIGIN="https://rp.example")

    for answer in (in_a_view, in_what_is_around):
        assert answer.status_code == 500
        assert answer.json()["error"] == "server_error"
        assert answer["X-Request-ID"]
        assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("length", "body"),
    [("", b""), ("-1", b""), ("2", b"ab"), ("9", b"abcd")],
)
def test_no_more_of_a_body_is_read_than_was_said(length: str, body: bytes) -> None:
    environ = environ_of("/token", "POST", content_type=FORM)
    environ |= {"CONTENT_LENGTH": length, "wsgi.input": BytesIO(b"abcd")}

    assert MachineRequest(environ).body == body


# --- behind a proxy ------------------------------------------------------------------------------


@pytest.mark.parametrize(("behind_proxy", "address"), [(True, "203.0.113.7"), (False, "10.0.0.1")])
def test_the_client_is_who_the_proxy_saw(behind_proxy: bool, address: str) -> None:
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    made = Machines(behind_proxy=behind_proxy, logs=False, before=lambda: None)
    with answering(view, made):
        made.respond(
            environ_of(
                "/token", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4, 203.0.113.7"
            )
        )

    assert seen == [address]


# --- connections ---------------------------------------------------------------------------------


class FakeConnection:
    def __init__(self) -> None:
        self.queries_log = ["of a request before"]
        self.looked = 0

    def close_if_unusable_or_obsolete(self) -> None:
        self.looked += 1


def test_each_request_finds_its_connections_looked_after(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = [FakeConnection(), FakeConnection()]
    monkeypatch.setattr(connections, "all", lambda *, initialized_only: opened)
    made = Machines(behind_proxy=False, logs=False)

    with answering(lambda _request: HttpResponse(), made):
        made.respond(environ_of("/token"))
        made.respond(environ_of("/"))

    assert made.before is upkeep.look_after
    assert [(each.looked, each.queries_log) for each in opened] == [(1, []), (1, [])]


def test_the_front_asks_programs_first() -> None:
    made = front(no_pages)
    made.site = Site(Machines(behind_proxy=False, logs=False, before=lambda: None), no_pages)
    made.__rsgi_init__(STILL)
    protocol = Protocol()

    with answering(lambda _request: HttpResponse(b"by the machines"), made.site.machines):
        run(made.__rsgi__(Scope("POST", "/token"), protocol))

    assert protocol.answers[0][2] == b"by the machines"
