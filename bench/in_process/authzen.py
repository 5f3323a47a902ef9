"""CPU time and statements of the AuthZEN endpoints, in process and warm.

    DATABASE_URL=… .venv/bin/python bench/in_process/authzen.py [--requests N]

Migrates the database it is given (a throw-away SQLite file without DATABASE_URL), so never point
it at one that matters. Prints one line per kind of request: CPU milliseconds of this process per
request (the database server's own time is not in it), requests per CPU-second, and statements per
request. The decision log is written in the background: its CPU time counts, its statements do not.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="scopeward-bench-"))
os.environ.setdefault("LOG_LEVEL", "WARNING")

import django

django.setup()

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection

from bench.in_process.policy import WAREHOUSE
from foundation.base.keys.ring import rotate_due_keys
from idp.clients.metadata import ClientMetadata
from idp.clients.services import register_client
from idp.wsgi import application
from policy import services
from policy.decision_log.services import flush
from policy.models import PolicySet
from tests.engine.good_requests import answer_of, environ_of
from tests.relying_party import basic

AUDIENCE = "https://warehouse.example"
ONE, SEVERAL = "/access/v1/evaluation", "/access/v1/evaluations"
FACTS = {"roles": ["analyst"], "projects": ["atlas", "borealis"], "clearance": 2}
SCOPES = ["openid", "payments:read"]

Json = dict[str, Any]


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1000)
    requests = parser.parse_args().requests
    call_command("migrate", verbosity=0)
    rotate_due_keys()
    authorization = resource_server()
    person = get_user_model().objects.create(username=f"ada{time.time_ns()}", name="Ada")
    for name, path, body in kinds(person.subject):
        measure(name, partial(post, path, authorization, body), requests)


def kinds(known: str) -> list[tuple[str, str, bytes]]:
    """Return what is measured: its name, the path, the body."""
    permitted, denied = question("ada"), question("ada", scopes=[])
    ten = [{**permitted, "resource": reading(f"hr.employees.column_{n}")} for n in range(10)]
    mixed = [asked for _, asked in zip(range(10), cycle([permitted, denied]), strict=False)]
    asked = {
        "one, permitted": (ONE, permitted),
        "one, permitted, a person we know": (ONE, question(known)),
        "one, denied, with reason and remedy": (ONE, denied),
        "ten, permitted": (SEVERAL, {"evaluations": ten}),
        "ten, every other one denied": (SEVERAL, {"evaluations": mixed}),
    }
    return [(name, path, json.dumps(body).encode()) for name, (path, body) in asked.items()]


def question(subject: str, *, scopes: list[str] = SCOPES) -> Json:
    """Return a question about one query of a person."""
    return {
        "subject": {"type": "user", "id": subject, "properties": FACTS},
        "action": {"name": "select"},
        "resource": reading("hr.employees.iban"),
        "context": {"scopes": scopes, "approved": True, "client_id": "desk", "risk": 5},
    }


def reading(column: str) -> Json:
    """Return a query that reads one column."""
    properties = {
        "tables": [column.rpartition(".")[0]],
        "columns": [column],
        "scopes": ["payments:read"],
    }
    return {"type": "query", "id": "warehouse", "properties": properties}


def resource_server() -> str:
    """Register a resource server with a policy in force; return how it authenticates."""
    metadata = ClientMetadata(client_name="Bench", grant_types=(), resource_server=AUDIENCE)
    client, secret = register_client(metadata)
    policy_set = PolicySet.objects.create(title="Bench", audience=AUDIENCE)
    services.activate(services.draft(policy_set, WAREHOUSE))
    return basic(client.client_id, secret or "")


def measure(name: str, call: Callable[[], None], requests: int) -> None:
    """Warm up, count statements, call, print."""
    for _ in range(max(10, requests // 20)):
        call()
    flush()
    statements = statements_of(call)
    started = time.process_time()
    for _ in range(requests):
        call()
    flush()
    spent = (time.process_time() - started) / requests
    print(
        f"{name:36} {spent * 1000:7.3f} ms CPU {1 / spent:8,.0f} per CPU-second"
        f" {statements} statements"
    )


def statements_of(call: Callable[[], None]) -> int:
    """Return how many statements a request itself takes, in its own thread."""
    seen: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        call()
    return len(seen)


def post(path: str, authorization: str, body: bytes) -> None:
    """Run one request; raises unless it is answered."""
    environ = environ_of("POST", path, authorization, body, content_type="application/json")
    answer_of(application, environ)


if __name__ == "__main__":
    main()
