"""PostgreSQL and Redis stopped without a word (SIGSTOP), under production's command line."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from foundation.base import patience
from tests.ops import deployment
from tests.ops.test_production_start import BEHIND_TLS, Production
from tests.services import postgresql, processes, redis
from tests.services.redis import free_port

pytestmark = [pytest.mark.postgresql, pytest.mark.redis, pytest.mark.long]
DEADLINE = patience.WEB.statement + patience.GRACE + 10
"""Seconds; the last part is for a machine that does other things too."""
FROM_MEMORY = ("/livez", "/.well-known/jwks.json", "/.well-known/openid-configuration")
MACHINE: dict[str, str] = {}
"""The answer of `create_client`."""


@pytest.fixture(scope="module")
def services() -> Iterator[tuple[str, str]]:
    """Yield the addresses of a PostgreSQL and a Redis that nobody else uses."""
    with postgresql.server() as database, redis.server() as cache:
        yield database, cache


@pytest.fixture(scope="module")
def production(
    services: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Production]:
    folder = tmp_path_factory.mktemp("frozen")
    environment = deployment.environment(
        folder,
        REDIS_URL=services[1],
        STATIC_ROOT=str(folder / "static"),
        GRANIAN_HOST="127.0.0.1",
        GRANIAN_PORT=str(free_port()),
    )
    (folder / "deploy" / "secrets" / "database_url").write_text(services[0], "utf-8")
    for command in (
        ["python", "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        ["python", "manage.py", "migrate", "--noinput"],
        ["python", "manage.py", "rotate_keys"],
        ["python", "manage.py", "create_client", "--name", "Machine",
         "--grant-type", "client_credentials"],
    ):  # fmt: skip
        done = processes.run(command, environment)
        assert done.returncode == 0, done.stdout + done.stderr
    MACHINE.update(json.loads(done.stdout))
    with processes.running(deployment.command("provider"), environment) as program:
        for _ in range(int(environment["GRANIAN_WORKERS"])):
            program.wait_for("Started worker-")
        started = Production(environment, program)
        deadline = time.monotonic() + 60
        while not is_ready(started):
            assert time.monotonic() < deadline
        yield started


def is_ready(production: Production) -> bool:
    try:
        return ask(production, "GET", "/readyz")[0] == 200
    except requests.ConnectionError:
        return False


def ask(production: Production, method: str, path: str, **options: Any) -> tuple[int, float]:
    """Return the status and the seconds it took."""
    started = time.monotonic()
    url = f"http://127.0.0.1:{production.environment['GRANIAN_PORT']}{path}"
    options = {"headers": BEHIND_TLS, "timeout": 90, "allow_redirects": False} | options
    status = requests.request(method, url, **options).status_code  # noqa: S113 - among them
    return status, time.monotonic() - started


def token(production: Production) -> tuple[int, float]:
    client = (MACHINE["client_id"], MACHINE["client_secret"])
    form = {"grant_type": "client_credentials"}
    return ask(production, "POST", "/token", auth=client, data=form)


def introspect(production: Production) -> tuple[int, float]:
    return ask(production, "POST", "/introspect", auth=("nobody", "x"), data={"token": "t"})


@contextmanager
def many(production: Production, count: int = 16) -> Iterator[ThreadPoolExecutor]:
    """More requests at once than the provider has threads."""
    with ThreadPoolExecutor(count) as pool:
        yield pool


def settle(production: Production) -> None:
    """Wait until every process has noticed that the database is back: a second or so."""
    deadline = time.monotonic() + 60
    while {introspect(production)[0] for _ in range(24)} != {401}:
        assert time.monotonic() < deadline


def test_a_frozen_database_is_answered_503_in_time_and_keys_go_on(
    production: Production, services: tuple[str, str]
) -> None:
    assert (introspect(production)[0], token(production)[0]) == (401, 200)

    with postgresql.frozen(services[0]), many(production) as pool:
        first = list(pool.map(lambda _: introspect(production), range(16)))
        assert {status for status, _ in first} == {503}
        assert max(seconds for _, seconds in first) < DEADLINE
        # By now it is known: one thread of a process tries, everybody else is told at once.
        later = list(pool.map(lambda _: introspect(production), range(32)))
        assert {status for status, _ in later} == {503}
        assert sorted(seconds for _, seconds in later)[20] < 2.0
        for path in FROM_MEMORY * 8:
            status, seconds = ask(production, "GET", path)
            assert (status, seconds < 5) == (200, True), path
        probes = list(pool.map(lambda _: ask(production, "GET", "/readyz"), range(32)))
        assert {status for status, _ in probes} == {503}
        assert ask(production, "GET", "/livez")[0] == 200

    settle(production)


def test_a_frozen_redis_stops_what_counts_and_nothing_else(
    production: Production, services: tuple[str, str]
) -> None:
    settle(production)
    with redis.frozen(services[1]), many(production) as pool:
        probes = [pool.submit(ask, production, "GET", "/readyz") for _ in range(64)]
        assert {introspect(production)[0] for _ in range(20)} == {401}
        assert {token(production)[0] for _ in range(20)} == {200}
        assert {probe.result()[0] for probe in probes} <= {503, 200}
        for path in FROM_MEMORY:
            assert ask(production, "GET", path)[0] == 200
        status, seconds = ask(production, "GET", "/readyz")
        assert (status, seconds < 10) == (503, True)

    deadline = time.monotonic() + 30
    while ask(production, "GET", "/readyz")[0] != 200:
        assert time.monotonic() < deadline
