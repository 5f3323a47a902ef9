"""HTTP as it is really spoken, through the server that production uses."""

import socket

import pytest

pytestmark = pytest.mark.django_db  # its migrated database is copied
FORM = "Content-Type: application/x-www-form-urlencoded"
BODY = "grant_type=client_credentials&client_id=nobody&client_secret=nothing"
CHUNKS = f"{len(BODY):x}\r\n{BODY}\r\n0\r\n\r\n"


def said(port: int, text: str, *more: str) -> str:
    """Send text as it is, then more of it after each answer; return what came back."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        heard = ""
        for part in (text, *more):
            client.sendall(part.encode())
            heard += client.recv(65_536).decode()
    return heard


def request(method: str, path: str, *headers: str, body: str = "") -> str:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", body])


@pytest.mark.spec("RFC 9112", "7.1")
def test_a_body_in_chunks_is_read_whole(port: int) -> None:
    chunked = request("POST", "/token", FORM, "Transfer-Encoding: chunked", body=CHUNKS)

    assert '"invalid_client"' in said(port, chunked)


@pytest.mark.spec("RFC 9110", "10.1.1")
def test_who_expects_to_be_asked_for_the_body_is_asked(port: int) -> None:
    length = f"Content-Length: {len(BODY)}"
    heard = said(port, request("POST", "/token", FORM, length, "Expect: 100-continue"), BODY)

    assert heard.startswith("HTTP/1.1 100 Continue")
    assert '"invalid_client"' in heard


@pytest.mark.spec("RFC 9110", "9.3.2")
@pytest.mark.parametrize("path", ["/.well-known/jwks.json", "/accounts/login/", "/livez"])
def test_head_has_the_headers_and_nothing_else(port: int, path: str) -> None:
    heard = said(port, request("HEAD", path))

    assert heard.startswith("HTTP/1.1 200")
    assert heard.endswith("\r\n\r\n")
    assert "content-length: 0" not in heard


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (request("GET", "/" + "a" * 2_000), "414"),
        (request("GET", "/authorize?state=" + "a" * 9_000), "414"),
        (request("GET", "/", "X-Large: " + "a" * 200_000), "431"),
        (request("POST", "/token", FORM, f"Content-Length: {10**9}"), "413"),
        (request("POST", "/token", FORM, "Content-Length: 5", "Content-Length: 6"), "400"),
    ],
)
def test_what_is_too_much_is_refused_at_once(port: int, text: str, status: str) -> None:
    assert said(port, text).startswith(f"HTTP/1.1 {status}")


def test_websockets_and_other_versions_of_http_are_not_spoken(port: int) -> None:
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", key]

    assert "101" not in said(port, request("GET", "/livez", *upgrade)).partition("\r\n")[0]
    assert not said(port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").startswith("HTTP/2")


def test_a_client_that_leaves_takes_nothing_with_it(port: int) -> None:
    for _ in range(12):
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(request("POST", "/token", FORM, "Content-Length: 900").encode())

    assert said(port, request("GET", "/.well-known/jwks.json")).startswith("HTTP/1.1")
