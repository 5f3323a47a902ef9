"""Clients that are slow on purpose, many of them at once."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
LARGE_FILE = "/static/unfold/css/styles.css"
BEGINNING = f"POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\n"


@dataclass(frozen=True)
class Kind:
    """What a slow client sends at first, and then again and again."""

    beginning: str
    drip: str = ""


KINDS = {
    "headers": Kind(BEGINNING, "X-More: 1\r\n"),
    "body": Kind(f"{BEGINNING}Content-Length: 1000\r\n\r\ngrant_type=", "a"),
    "chunks": Kind(f"{BEGINNING}Transfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n"),
    "pages": Kind("POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"),
    "reader": Kind(f"GET {LARGE_FILE} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
}


@contextmanager
def besieged(port: int, each: int, kinds: dict[str, Kind] = KINDS) -> Iterator[list[socket.socket]]:
    """Hold `each` connections of every kind, all dripping; yield them."""
    with ExitStack() as stack:
        held = []
        for kind in kinds.values():
            for _ in range(each):
                client = stack.enter_context(socket.socket())
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.settimeout(20)
                client.connect(("127.0.0.1", port))
                client.sendall(kind.beginning.encode())
                held.append((client, kind.drip.encode()))
        over = threading.Event()
        dripping = threading.Thread(target=drip, args=(held, over))
        dripping.start()
        try:
            yield [client for client, _ in held]
        finally:
            over.set()
            dripping.join()


def drip(held: list[tuple[socket.socket, bytes]], over: threading.Event) -> None:
    while not over.wait(0.5):
        for client, piece in held:
            with suppress(OSError):
                client.sendall(piece)


def ask(port: int, method: str, path: str, **form: str) -> tuple[int, float]:
    """Send a request on a connection of its own; return the status and how many seconds it took."""
    started = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        body = urlencode(form) if form else None
        headers = {"Host": f"localhost:{port}", "Content-Type": FORM}
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        response.read()
    finally:
        connection.close()
    return response.status, time.monotonic() - started


def p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)]
