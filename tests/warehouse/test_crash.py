"""`kill -9` between the use of an approval and its query: the query is never run a second time."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.guard.provider import FakeProvider
from tests.services.processes import ROOT, Program, running
from tests.warehouse.conftest import warehouse_document

SLOW = (
    "SELECT count(*) FROM hr.employees AS e, finance.payments AS a, finance.payments AS b "
    "WHERE e.salary > a.amount + b.amount"
)
"""Far from done when the Warehouse is killed."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ServedProvider(FakeProvider):
    """A provider that other processes reach."""

    def __init__(self, resource: str) -> None:
        super().__init__(resource=resource, started_at=time.time())
        self.document = warehouse_document(resource)
        self.is_consumed = threading.Event()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.reply("GET", b"")

            def do_POST(self) -> None:
                self.reply("POST", self.rfile.read(int(self.headers["Content-Length"])))

            def reply(self, method: str, content: bytes) -> None:
                address = provider.issuer + self.path
                answer = provider.answer(httpx.Request(method, address, content=content))
                self.send_response(answer.status_code)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)
                if provider.consumed:
                    provider.is_consumed.set()

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def provider() -> Iterator[ServedProvider]:
    provider = ServedProvider(f"http://localhost:{free_port()}")
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


def warehouse(provider: ServedProvider, folder: Path) -> AbstractContextManager[Program]:
    port = provider.resource.rpartition(":")[2]
    command = ["granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", port]
    factory = ["--working-dir", str(ROOT / "examples"), "--factory", "warehouse.app:create_app"]
    environment = {
        "PYTHONPATH": str(ROOT),
        "WAREHOUSE_ISSUER": provider.issuer,
        "WAREHOUSE_ORIGIN": provider.resource,
        "WAREHOUSE_CLIENT_ID": "warehouse",
        "WAREHOUSE_CLIENT_SECRET": "s3cret",
        "WAREHOUSE_FOLDER": str(folder),
        "NO_PROXY": "localhost",
    }
    return running([*command, *factory], environment)


def token(provider: ServedProvider, **changes: Any) -> str:
    now = int(time.time())
    times = {"iat": now, "exp": now + 300, "auth_time": now}
    scope = {"scope": "warehouse:finance warehouse:hr", "clearance": 2, "projects": ["atlas"]}
    return provider.token(**times, **scope, **changes)


def ask(provider: ServedProvider, bearer: str) -> httpx.Response:
    body = {"datasource": "warehouse", "statement": SLOW, "max_rows": 1}
    headers = {"Authorization": f"Bearer {bearer}"}
    with httpx.Client(trust_env=False, timeout=60) as http:
        return http.post(f"{provider.resource}/query", json=body, headers=headers)


def wait_until_it_answers(provider: ServedProvider) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(retries=9), timeout=60) as http:
        assert http.get(f"{provider.resource}/healthz").status_code == 200


def test_killed_between_use_and_execution_it_never_runs_again(
    provider: ServedProvider, folder: Path
):
    with warehouse(provider, folder) as program:
        wait_until_it_answers(provider)
        (detail,) = ask(provider, token(provider)).json()["authorization_details"]
        provider.minted.add("a1")
        bearer = token(provider, authorization_details=[{**detail, "approval_id": "a1"}])
        lost: list[Exception] = []

        def asking() -> None:
            try:
                ask(provider, bearer)
            except httpx.HTTPError as error:
                lost.append(error)

        caller = threading.Thread(target=asking)
        caller.start()
        assert provider.is_consumed.wait(30)
        os.killpg(program.process.pid, signal.SIGKILL)
        caller.join(30)

    assert lost
    assert len(provider.consumed) == 1
    assert provider.reports == []  # nobody knows: the provider ends the approval as UNKNOWN

    with warehouse(provider, folder):
        wait_until_it_answers(provider)
        again = ask(provider, bearer)

    assert (again.status_code, again.json()["error"]) == (401, "invalid_token")
    assert provider.reports == []
