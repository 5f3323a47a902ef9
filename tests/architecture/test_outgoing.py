"""There is one way out of the provider over HTTP: `base.outgoing`. Mail goes Django's way."""

import ast
from collections.abc import Iterator
from pathlib import Path

from idp.celery import app
from tests.architecture.test_modules import modules, relative

CLIENTS = {
    "aiohttp", "ftplib", "httpcore", "httpx", "http.client", "ldap3", "pycurl", "requests",
    "socket", "telnetlib", "urllib.request", "urllib3", "websockets", "xmlrpc",
}  # fmt: skip
THE_WAY_OUT = "foundation/base/outgoing/"
TASKS_THAT_WAIT_FOR_OTHERS = {
    "idp.tasks.deliver_notices",
    "idp.tasks.post_webhooks",
    "idp.tasks.ping_clients",
    "idp.tasks.run_directories",
    "idp.tasks.synchronise_directories",
}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def opens_connections(path: Path) -> bool:
    return any(
        name == client or name.startswith(f"{client}.")
        for name in imported(path)
        for client in CLIENTS
    )


def test_nothing_else_opens_a_connection() -> None:
    ours = [path for path in modules() if not relative(path).startswith("scopeward_guard/")]
    found = {relative(path) for path in ours if opens_connections(path)}

    assert {path for path in found if not path.startswith(THE_WAY_OUT)} == set()
    assert found


def test_whoever_calls_out_waits_in_a_queue_of_its_own() -> None:
    routes = {task: route["queue"] for task, route in app.conf.task_routes.items()}

    assert routes == dict.fromkeys(TASKS_THAT_WAIT_FOR_OTHERS, "outgoing")
