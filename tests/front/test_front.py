"""Requests go to the threads that are for them, and whatever gets no further is answered."""

import threading
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import StreamingHttpResponse

from idp.front import limits
from idp.front.application import Front
from idp.front.bodies import Bodies
from idp.front.environ import environ_of
from idp.front.kinds import LASTING, MACHINES, PAGES, pool_of
from idp.front.pools import Pool
from idp.protocol.paths import OPA_BUNDLES
from idp.web.machine_endpoints import MACHINE_ENDPOINTS
from idp.web.machines.application import Machines
from idp.web.machines.request import MachineRequest
from idp.web.machines.site import Site
from tests.front.fakes import STILL, Headers, Protocol, Scope, run


def says(text: bytes, **headers: str) -> Any:
    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", list(headers.items()))
        return [text]

    return application


class NoMachines(Machines):
    """Whatever is asked for is a page."""

    def respond(self, environ: dict[str, Any]) -> None:
        return None


def front(application: Any, *, threads: int = 1, waiting: int = 9) -> Front:
    pools = {name: Pool(name, threads, waiting) for name in (MACHINES, PAGES, LASTING)}
    site = Site(NoMachines(behind_proxy=False, logs=False), application)
    return Front(site, pools=pools, pool_of=pool_of, bodies=Bodies(1_000))


def ask(made: Front, scope: Scope, protocol: Protocol | None = None) -> Protocol:
    protocol = protocol or Protocol()
    made.__rsgi_init__(STILL)
    run(made.__rsgi__(scope, protocol))
    return protocol


def test_an_answer_of_the_application_arrives() -> None:
    body = Protocol(b"a=b")

    protocol = ask(front(says(b"hello", Place="here")), Scope("POST", content_length="3"), body)

    assert protocol.answers == [(200, {"Place": "here"}, b"hello")]


def test_livez_needs_no_thread() -> None:
    protocol = Protocol()

    run(front(None, threads=0).__rsgi__(Scope(path="/livez"), protocol))

    assert protocol.answers[0][0] == 200


@pytest.mark.parametrize("path", sorted(MACHINE_ENDPOINTS))
def test_programs_do_not_wait_for_pages(path: str) -> None:
    path = path.replace("*", "name") + ("name" if path.endswith("/") else "")

    assert pool_of(path, Headers()) == (LASTING if path == "/readyz" else MACHINES)


def test_long_polls_and_pages_have_threads_of_their_own() -> None:
    waits = Headers({"prefer": "modes=snapshot;wait=60"})

    assert pool_of(f"{OPA_BUNDLES}/name.tar.gz", waits) == LASTING
    assert pool_of("/accounts/login/", waits) == PAGES


@pytest.mark.parametrize(("path", "kind"), [("/token", "application/json"), ("/", "text/plain")])
def test_a_full_queue_is_said_at_once(path: str, kind: str) -> None:
    made = front(says(b"never"), threads=0, waiting=0)

    ((status, headers, body),) = ask(made, Scope(path=path)).answers

    assert status == 503
    assert headers["Retry-After"]
    assert headers["Content-Type"].startswith(kind)
    assert headers["X-Request-ID"]
    assert b"Too many" in body


def test_whoever_waited_for_too_long_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.front.pools.QUEUE_SECONDS", -1.0)

    assert ask(front(says(b"late")), Scope()).answers[0][0] == 503


@pytest.mark.parametrize(
    ("path", "query"),
    [("/" + "a" * limits.LONGEST_PATH, ""), ("/authorize", "a" * (limits.LONGEST_QUERY + 1))],
)
def test_addresses_are_bounded(path: str, query: str) -> None:
    scope = Scope(path=path)
    scope.query_string = query

    assert ask(front(says(b"never")), scope).answers[0][0] == 414


def test_a_thread_survives_what_an_application_raises() -> None:
    calls: list[int] = []

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        calls.append(1)
        if len(calls) == 1:
            raise SystemExit
        return says(b"well")(environ, start_response)

    made = front(application)

    assert ask(made, Scope()).answers == []  # the server says 500
    assert ask(made, Scope()).answers[0][0] == 200


def test_places_are_free_again() -> None:
    made = front(says(b"well"), waiting=0)

    for _ in range(3):
        assert ask(made, Scope()).answers[0][0] == 200
    assert {pool.taken for pool in made.pools.values()} == {0}


def test_other_protocols_are_refused() -> None:
    closed: list[int] = []
    scope, protocol = Scope(), Protocol()
    scope.proto, protocol.close = "ws", closed.append  # type: ignore[attr-defined]

    run(front(None).__rsgi__(scope, protocol))

    assert closed == [403]


def request_of(*pairs: tuple[str, str], path: str = "/", body: bytes = b"") -> WSGIRequest:
    scope = Scope("POST", path)
    scope.headers.items = lambda: pairs  # type: ignore[method-assign,assignment,return-value]
    return WSGIRequest(environ_of(scope, body))


def test_headers_that_look_like_others_are_left_out() -> None:
    request = request_of(("x-forwarded-for", "192.0.2.1"), ("x_forwarded_for", "198.51.100.1"))

    assert request.headers["X-Forwarded-For"] == "192.0.2.1"


@pytest.mark.spec("RFC 9110", "5.3")
def test_headers_that_come_twice_are_joined() -> None:
    request = request_of(("accept", "a"), ("accept", "b"), ("cookie", "a=1"), ("cookie", "b=2"))

    assert request.headers["Accept"] == "a,b"
    assert request.COOKIES == {"a": "1", "b": "2"}


def test_a_body_that_has_arrived_is_not_read_again() -> None:
    """The front has read it; what it lets through is what Django would let through."""
    request = MachineRequest(environ_of(Scope("POST", "/token", content_length="3"), b"a=b"))

    assert request.body == b"a=b"
    assert rsgi_source().count("Bodies(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)") == 1


def rsgi_source() -> str:
    found = find_spec("idp.rsgi")
    assert found is not None
    return Path(found.origin or "").read_text(encoding="utf-8")


def test_the_environment_is_a_request_and_nothing_of_the_process() -> None:
    form = "application/x-www-form-urlencoded"
    request = request_of(("content-type", form), path="/ä/b", body=b"a=%C3%A4")

    assert (request.path, request.POST["a"]) == ("/ä/b", "ä")
    assert request.META["REMOTE_ADDR"] == "203.0.113.7"
    assert "PATH" not in request.META


def test_long_answers_leave_the_thread_of_the_page_and_are_sent_whole() -> None:
    where: list[str] = []

    def pieces() -> Iterator[bytes]:
        for _ in range(3):
            where.append(threading.current_thread().name)
            yield b"line\n"

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [])
        return StreamingHttpResponse(pieces())

    protocol = ask(front(application), Scope())

    assert protocol.answers == [(200, {"Content-Length": "15"}, b"line\n" * 3)]
    assert {name.rpartition("-")[0] for name in where} == {LASTING}


def test_a_long_answer_that_fails_is_no_short_file() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"line\n"
        raise ValueError("the database has gone")

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [])
        return StreamingHttpResponse(pieces())

    assert ask(front(application), Scope()).answers == []
