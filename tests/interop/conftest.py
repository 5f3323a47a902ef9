"""A provider as a program of its own, and openid-client against it."""

import fcntl
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.services import programs
from tests.services.processes import ROOT, running

HERE = Path(__file__).parent
PASSWORD = "a-password-for-interop"
RESOURCE = "https://warehouse.example"
REDIRECT_URI = "http://localhost:9/callback"
POST_LOGOUT_REDIRECT_URI = "http://localhost:9/signed-out"
SCOPE = "openid profile email phone roles offline_access"
ALGORITHMS = ("ES256", "RS256")
ONE_AFTER_THE_OTHER = """
import io, json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "idp.settings"
import django
from django.core.management import call_command
django.setup()
printed = []
for command in json.loads(sys.argv[1]):
    out = io.StringIO()
    call_command(*command, stdout=out)
    printed.append(out.getvalue())
print(json.dumps(printed))
"""


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node.js, with the locked packages installed beside the scripts."""
    npm = programs.require("npm", package="npm")
    with (HERE / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        installed = HERE / "node_modules" / ".package-lock.json"
        if not installed.exists() or installed.stat().st_mtime < Path(lock.name).stat().st_mtime:
            install(npm)
    return programs.require("node", package="nodejs")


def install(npm: str) -> None:
    """Install the locked packages; where that fails the tests are skipped, in CI they fail."""
    command = [npm, "ci", "--ignore-scripts"]
    finished = subprocess.run(command, cwd=HERE, capture_output=True, check=False, text=True)
    if finished.returncode:
        (pytest.fail if programs.CI else pytest.skip)(f"npm ci failed: {finished.stderr}")


@pytest.fixture(scope="session")
def environment(
    tmp_path_factory: pytest.TempPathFactory, migrated: Callable[[Path], None]
) -> dict[str, str]:
    """The environment of a provider with a port and a migrated database of its own."""
    folder = tmp_path_factory.mktemp("interop")
    migrated(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    return {
        "PORT": port,
        "ISSUER": f"http://localhost:{port}",
        "DATA_DIR": str(folder),
        "RATE_LIMITS": "off",
    }


def manage(environment: dict[str, str], *commands: list[str], given: str = "") -> list[str]:
    """Run commands of `manage.py` one after the other, in one program; return what each printed."""
    finished = subprocess.run(
        [sys.executable, "-c", ONE_AFTER_THE_OTHER, json.dumps(commands)],
        cwd=ROOT,
        env=os.environ | environment,
        input=given,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    printed: list[str] = json.loads(finished.stdout)
    return printed


@pytest.fixture(scope="session")
def registered(environment: dict[str, str]) -> list[Any]:
    """The credentials of a resource server that may introspect, and of two relying parties.

    There are keys then, and one person.
    """
    person = ["mary", "--email", "mary@example.com", "--given-name", "Mary", "--role", "analyst"]
    relying_party = [
        *("create_client", "--name", "Interop", "--scope", SCOPE, "--resource", RESOURCE),
        *("--redirect-uri", REDIRECT_URI),
        *("--post-logout-redirect-uri", POST_LOGOUT_REDIRECT_URI, "--id-token-alg"),
    ]
    _keys, _person, *clients = manage(
        environment,
        ["rotate_keys"],
        ["create_user", *person, "--password-stdin"],
        ["create_client", "--name", "Warehouse", "--resource-server", RESOURCE],
        *([*relying_party, algorithm] for algorithm in ALGORITHMS),
        given=PASSWORD,
    )
    return [json.loads(client) for client in clients]


@pytest.fixture(scope="session")
def provider(environment: dict[str, str], registered: list[Any]) -> Iterator[dict[str, str]]:
    """A running provider that knows them."""
    command = ["python", "-m", "idp.front", "--port", environment["PORT"]]
    with running(command, environment) as program:
        program.wait_until_it_listens(int(environment["PORT"]))
        yield environment


@pytest.fixture(scope="session", params=ALGORITHMS)
def life(
    request: pytest.FixtureRequest, node: str, provider: dict[str, str], registered: list[Any]
) -> Any:
    """What openid-client found in one whole life of a sign-in, per ID token algorithm."""
    resource_server, *relying_parties = registered
    settings = {
        "issuer": provider["ISSUER"],
        "relying_party": relying_parties[ALGORITHMS.index(request.param)],
        "resource_server": resource_server,
        "algorithm": request.param,
        "redirect_uri": REDIRECT_URI,
        "post_logout_redirect_uri": POST_LOGOUT_REDIRECT_URI,
        "scope": SCOPE,
        "resource": RESOURCE,
        "withheld": "phone",
        "login": "mary",
        "password": PASSWORD,
    }
    finished = subprocess.run(
        [node, str(HERE / "relying_party.mjs")],
        env=os.environ | {"INTEROP": json.dumps(settings)},
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    assert finished.returncode == 0, finished.stderr
    return {"issuer": provider["ISSUER"], "found": json.loads(finished.stdout)}
