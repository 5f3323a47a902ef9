"""One call out: bounded in time and size, to the address that was looked at, and to nobody else."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpcore
import pytest

from foundation.base.outgoing import (
    Call,
    NoAnswerError,
    OutgoingAnswer,
    OutgoingReach,
    RestingError,
    UnsafeTargetError,
    breaker,
    call,
    calls,
)
from foundation.base.outgoing.resting import FIRST_REST, LONGEST_REST, REMEMBERED, Breaker

HERE = OutgoingReach(anywhere=True)
Behaviour = Callable[[socket.socket], None]


@pytest.fixture(autouse=True)
def rested() -> Iterator[None]:
    breaker.clear()
    yield
    breaker.clear()


@pytest.fixture
def serve() -> Iterator[Callable[[Behaviour], str]]:
    """Start receivers that do what they are told with each connection; return their addresses."""
    listening: list[socket.socket] = []

    def start(behave: Behaviour) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=handle, args=(connection,), daemon=True).start()

        def handle(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                behave(connection)

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/hook"

    yield start
    for server in listening:
        server.close()


def answering(answer: bytes) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer)
        # Closed with something unread, the connection would be reset before the answer is read.
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    return behave


def dripping(first: bytes) -> Behaviour:
    """Send one byte again and again, each well within any time-out for one read."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(first)
        stop = threading.Event()
        while not stop.wait(0.02):
            connection.sendall(b"x")

    return behave


def silent(connection: socket.socket) -> None:
    threading.Event().wait(30)


SLOW: dict[str, Behaviour] = {
    "silent": silent,
    "drips its status line": dripping(b""),
    "drips a header": dripping(b"HTTP/1.1 200 OK\r\nX-A: "),
    "drips its body": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"),
    "drips chunks": dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n"),
}


@pytest.mark.parametrize("kind", SLOW)
def test_nobody_holds_a_call_beyond_its_deadline(
    serve: Any, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(calls, "DEADLINE", 0.3)
    started = time.monotonic()

    with pytest.raises(NoAnswerError):
        call(Call(serve(SLOW[kind]), body=b"{}", largest_answer=100_000), HERE)

    assert time.monotonic() - started < 5


def test_who_takes_a_body_byte_by_byte_is_left(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "DEADLINE", 0.3)
    started = time.monotonic()

    with pytest.raises(NoAnswerError):
        call(Call(serve(silent), body=b"x" * 50_000_000), HERE)

    assert time.monotonic() - started < 5


def test_a_name_that_is_not_found_in_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "DEADLINE", 0.2)
    go_on = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: go_on.wait(30) and [])

    with pytest.raises(NoAnswerError, match="looked up"):
        call(Call("https://slow.example/"), OutgoingReach())
    go_on.set()


def test_the_status_is_enough_where_no_more_is_wanted(serve: Any) -> None:
    url = serve(answering(b"HTTP/1.1 204 No Content\r\n\r\n"))

    assert call(Call(url, body=b"{}"), HERE) == OutgoingAnswer(204)


def test_an_endless_body_is_not_read_where_none_is_wanted(serve: Any) -> None:
    url = serve(dripping(b"HTTP/1.1 202 Accepted\r\nContent-Length: 99999999\r\n\r\n"))

    assert call(Call(url, body=b"{}"), HERE).status == 202


@pytest.mark.parametrize("size", [10, 11, 40_000])
def test_an_answer_may_be_as_large_as_said(serve: Any, size: int) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode()
    what = Call(serve(answering(head + b"x" * size)), method="GET", largest_answer=10)

    if size == 10:
        assert call(what, HERE) == OutgoingAnswer(200, b"x" * 10)
    else:
        with pytest.raises(NoAnswerError):
            call(what, HERE)


@pytest.mark.parametrize(
    "answer", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\n" + b"A: " + b"x" * 200_000]
)
def test_what_is_no_http_is_no_answer(serve: Any, answer: bytes) -> None:
    with pytest.raises(NoAnswerError):
        call(Call(serve(answering(answer)), body=b"{}"), HERE)


def test_redirects_are_not_followed(serve: Any) -> None:
    heard: list[str] = []
    inside = serve(lambda connection: heard.append("inside"))
    url = serve(answering(f"HTTP/1.1 302 Found\r\nLocation: {inside}\r\n\r\n".encode()))

    assert call(Call(url, body=b"{}"), HERE).status == 302
    assert heard == []


def test_no_proxy_of_the_environment_is_asked(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    url = serve(answering(b"HTTP/1.1 204 No Content\r\n\r\n"))
    assert call(Call(url, body=b"{}"), HERE).status == 204


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "https://user@hooks.example.com/",
        "https:///path",
        "ftp://hooks.example.com/",
        "https://hooks.example.com:99999/",
        "https://[::1/",
        "https://bücher.example/",
        "",
    ],
)
def test_addresses_that_are_none_of_ours_are_refused(url: str) -> None:
    with pytest.raises(UnsafeTargetError):
        call(Call(url), OutgoingReach())


def answers_of_the_resolver(
    monkeypatch: pytest.MonkeyPatch, *answers: list[str]
) -> list[tuple[str, int]]:
    """Let the resolver give these, one after the other; return what is then connected to."""
    left, connected = list(answers), []

    def look_up(host: str, port: int, **kwargs: Any) -> list[Any]:
        return [(0, 0, 0, "", (address, port)) for address in left.pop(0)]

    def connect(self: Any, host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        connected.append((host, port))
        raise httpcore.ConnectError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    return connected


def test_the_address_that_was_looked_at_is_the_one_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected = answers_of_the_resolver(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])

    with pytest.raises(NoAnswerError):
        call(Call("https://rebinding.example/"), OutgoingReach())

    assert connected == [("93.184.216.34", 443)]


def test_a_name_with_one_address_inside_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    connected = answers_of_the_resolver(monkeypatch, ["93.184.216.34", "64:ff9b::a00:1"])

    with pytest.raises(UnsafeTargetError):
        call(Call("https://mixed.example/"), OutgoingReach())

    assert connected == []


def test_an_unsafe_target_is_no_reason_to_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    answers_of_the_resolver(monkeypatch, ["127.0.0.1"])

    with pytest.raises(UnsafeTargetError):
        call(Call("https://inside.example/"), OutgoingReach())

    assert breaker.rest("https://inside.example/") == 0


def test_who_does_not_answer_gets_a_rest_and_is_not_asked_meanwhile(serve: Any) -> None:
    asked: list[str] = []
    url = serve(lambda connection: asked.append("once"))

    with pytest.raises(NoAnswerError):
        call(Call(url, body=b"{}"), HERE)
    for path in ("", "/other"):
        with pytest.raises(RestingError):
            call(Call(url + path, body=b"{}"), HERE)

    assert asked == ["once"]
    assert 0 < breaker.rest(url) <= FIRST_REST
    assert call(Call(serve(answering(b"HTTP/1.1 500 No\r\n\r\n")), body=b"{}"), HERE).status == 500


class TestBreaker:
    URL = "https://hooks.example/a"

    @pytest.fixture
    def now(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        moment = [1000.0]
        monkeypatch.setattr("foundation.base.outgoing.resting.time.monotonic", lambda: moment[0])
        return moment

    def fail(self, ours: Breaker, url: str = URL) -> None:
        with pytest.raises(NoAnswerError), ours.guarding(url):
            raise NoAnswerError

    def test_rests_grow_and_end(self, now: list[float]) -> None:
        ours, rests = Breaker(), []
        for _ in range(10):
            self.fail(ours)
            rests.append(ours.rest(self.URL))
            now[0] += rests[-1]

        assert rests[:4] == [10.0, 20.0, 40.0, 80.0]
        assert rests[-1] == LONGEST_REST

    def test_one_at_a_time_tries_again(self, now: list[float]) -> None:
        ours = Breaker()
        self.fail(ours)
        now[0] += FIRST_REST

        with ours.guarding(self.URL), pytest.raises(RestingError), ours.guarding(self.URL):
            pytest.fail("two at once")

        assert ours.rest(self.URL) == 0
        self.fail(ours)
        assert ours.rest(self.URL) == FIRST_REST

    def test_it_remembers_only_so_many(self, now: list[float]) -> None:
        ours = Breaker()
        for number in range(REMEMBERED + 10):
            self.fail(ours, f"https://{number}.example/")

        assert len(ours._resting) == REMEMBERED
