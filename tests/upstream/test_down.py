"""A provider that is down, asked over real sockets: the page says so, and other ways in stay."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client as Browser
from django.utils import timezone

from foundation.base.outgoing import OutgoingReach, breaker, calls
from foundation.directory.models import User
from foundation.directory.upstream.models import UpstreamAccount, UpstreamProvider
from idp.upstream.relying_party import fetching
from tests.accounts.factors.holding import is_signed_in
from tests.outgoing.test_tls import LOOPBACK, certified
from tests.people import sign_in
from tests.upstream.elsewhere import Elsewhere, back, leave, make_provider
from tests.upstream.test_discovery import ADD, GIVEN

pytestmark = pytest.mark.django_db
AWAY, NOT_ACCEPTED = "does not answer", "was not accepted"


def _refuses(_tmp: Path, _stop: list[socket.socket]) -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def _serving(
    stop: list[socket.socket], behave: Callable[[socket.socket], None], scheme: str = "http"
) -> str:
    server = socket.create_server(("127.0.0.1", 0))
    stop.append(server)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with suppress(OSError):
                    behave(connection)

    threading.Thread(target=accept, daemon=True).start()
    return f"{scheme}://127.0.0.1:{server.getsockname()[1]}"


def _is_silent(_tmp: Path, stop: list[socket.socket]) -> str:
    return _serving(stop, stop.append)


def _hangs_up(_tmp: Path, stop: list[socket.socket]) -> str:
    return _serving(stop, lambda connection: connection.close())


def _speaks_no_tls(_tmp: Path, stop: list[socket.socket]) -> str:
    return _serving(stop, lambda connection: _say(connection, b"{}"), "https")


def _has_a_certificate_of_its_own(tmp: Path, stop: list[socket.socket]) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certified("elsewhere", tmp))

    def behave(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(65536)

    return _serving(stop, behave, "https")


def _talks_nonsense(_tmp: Path, stop: list[socket.socket]) -> str:
    return _serving(stop, lambda connection: _say(connection, b"<html>It works!</html>"))


def _say(connection: socket.socket, body: bytes) -> None:
    with connection:
        connection.recv(65536)
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass


DOWN: dict[str, tuple[Callable[[Path, list[socket.socket]], str], str]] = {
    "refuses connections": (_refuses, AWAY),
    "accepts and says nothing": (_is_silent, AWAY),
    "hangs up": (_hangs_up, AWAY),
    "speaks no TLS": (_speaks_no_tls, AWAY),
    "has a certificate of its own": (_has_a_certificate_of_its_own, AWAY),
    "talks nonsense": (_talks_nonsense, NOT_ACCEPTED),
}


@pytest.fixture(params=DOWN)
def down(
    request: Any, tmp_path: Path, settings: Any, monkeypatch: Any
) -> Iterator[tuple[str, str]]:
    """Yield the address of a provider that is down in one way, and what the page says of it."""
    settings.OUTGOING = OutgoingReach(anywhere=True, networks=LOOPBACK)
    monkeypatch.setattr(calls, "DEADLINE", 0.3)
    begin, said = DOWN[request.param]
    stop: list[socket.socket] = []
    yield begin(tmp_path, stop), said
    for each in stop:
        each.close()
    breaker.clear()


def test_page_says_so_and_the_password_works_still(
    elsewhere: Elsewhere, ada: User, down: tuple[str, str], monkeypatch: Any
) -> None:
    address, said = down
    monkeypatch.setattr(fetching, "call", calls.call)
    provider = make_provider(elsewhere)
    UpstreamProvider.objects.update(
        metadata={**provider.metadata, "token_endpoint": f"{address}/token"}
    )
    UpstreamAccount.objects.create(
        provider=provider, sub=elsewhere.sub, user=ada, connected_at=timezone.now()
    )
    browser = Browser()

    page = back(browser, leave(browser, elsewhere, next="/accounts/email/")["state"])

    assert page.status_code == (503 if said is AWAY else 400)
    assert said in page.content.decode()
    assert "/accounts/login/?next=%2Faccounts%2Femail%2F" in page.content.decode()
    assert "Sign in with There" in browser.get("/accounts/login/").content.decode()
    assert is_signed_in(sign_in(browser, "ada"))


def test_administration_says_so_and_keeps_nothing(down: tuple[str, str], provider: None) -> None:
    address, said = down
    root = get_user_model().objects.create_superuser("root", "root@example.com", "x")
    browser = Browser()
    browser.force_login(root, backend="idp.accounts.auth_backend.AuthenticationBackend")

    page = browser.post(ADD, {**GIVEN, "issuer": address})

    words = "It does not answer" if said is AWAY else "This provider cannot be used"
    assert words in page.content.decode()
    assert not UpstreamProvider.objects.exists()
