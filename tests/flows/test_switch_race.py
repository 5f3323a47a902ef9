"""The switch against refreshes, with two provider processes, one database, and HTTP between."""

import base64
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection

from tests.engine.conftest import make_setting
from tests.engine.setting import Setting
from tests.relying_party import FORM
from tests.services import processes
from tests.services.redis import free_port

__all__ = ["make_setting"]

pytestmark = pytest.mark.both_databases
AT_ONCE = 50
WIDER, NARROWER = "openid email roles offline_access", "openid roles offline_access"


@pytest.fixture
def committed(transactional_db: None, make_setting: Callable[..., Setting]) -> Setting:
    """The parties, committed."""
    return make_setting()


@pytest.fixture
def ports(committed: Setting, tmp_path: Path) -> Iterator[list[int]]:
    """Two providers over the test database."""
    with ExitStack() as stack:
        yield [stack.enter_context(provider(tmp_path)) for _ in range(2)]


@contextmanager
def provider(folder: Path) -> Iterator[int]:
    port = free_port()
    environment = {
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(folder),
        "ISSUER": settings.SCOPEWARD.issuer,
        "ALLOWED_HOSTS": "127.0.0.1",
        "MACHINE_THREADS": "8",
    }
    command = ["python", "-m", "idp.front", "--host", "127.0.0.1", "--port", str(port)]
    with processes.running(command, environment) as program:
        program.wait_until_it_listens(port)
        yield port


def database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return f"postgres://{database['USER']}@/{database['HOST']}/{database['NAME']}"


def call(port: int, method: str, path: str, headers: dict[str, str], **form: str) -> Any:
    """Send a request; return the status, and the JSON when it is some."""
    http = HTTPConnection("127.0.0.1", port, timeout=60)
    body = urlencode(form) if form else None
    try:
        http.request(method, path, body, {"Content-Type": FORM, **headers})
        response = http.getresponse()
        content = response.read()
    finally:
        http.close()
    is_json = response.headers.get("Content-Type", "").startswith("application/json")
    return response.status, json.loads(content) if is_json and content else {}


def test_no_token_with_a_scope_survives_its_switch(
    committed: Setting, ports: list[int], client: Any
) -> None:
    tokens = [committed.exchange(committed.code()).json() for _ in range(AT_ONCE)]
    pair = base64.b64encode(f"{committed.client.client_id}:{committed.secret}".encode()).decode()
    basic = {"Authorization": f"Basic {pair}"}
    is_off = Event()

    def refresh(number: int) -> tuple[Any, Any]:
        port, held = ports[number % len(ports)], tokens[number]
        while True:
            was_off = is_off.is_set()
            form = {"grant_type": "refresh_token", "refresh_token": held["refresh_token"]}
            status, answer = call(port, "POST", "/token", basic, **form)
            assert status == 200, answer
            if was_off:
                return held, answer
            held = answer

    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(refresh, number) for number in range(AT_ONCE)]
        press_switch(ports[0], committed, client)
        is_off.set()
        results = [one.result() for one in running]

    assert {after["scope"] for _, after in results} == {NARROWER}
    for before, _ in results:
        bearer = {"Authorization": f"Bearer {before['access_token']}"}
        status, _body = call(ports[1], "GET", "/userinfo", bearer)
        assert status == {WIDER: 401, NARROWER: 200}[before["scope"]]


def press_switch(port: int, setting: Setting, browser: Any) -> None:
    backend = "idp.accounts.auth_backend.AuthenticationBackend"
    browser.force_login(setting.person, backend=backend)
    session, csrf = browser.cookies[settings.SESSION_COOKIE_NAME].value, "c" * 32
    port_of_cookies = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
    cookies = "; ".join(
        f"{name}={value}" for name, value in zip(port_of_cookies, (session, csrf), strict=True)
    )
    form = {"scope": "email", "csrfmiddlewaretoken": csrf}
    path = f"/account/access/{setting.grant.pk}/take-back/"
    status, _ = call(port, "POST", path, {"Cookie": cookies}, **form)
    assert status == 302
