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


def manage(environment: dict[str, str], *arguments: str, given: str = "") -> str:
    """Run `manage.py` and return what it printed."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        input=given,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


@pytest.fixture(scope="session")
def provider(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """A running provider that knows one person."""
    manage(environment, "rotate_keys")
    person = ["mary", "--email", "mary@example.com", "--given-name", "Mary", "--role", "analyst"]
    manage(environment, "create_user", *person, "--password-stdin", given=PASSWORD)
    command = ["python", "-m", "idp.front", "--port", environment["PORT"]]
    with running(command, environment) as program:
        program.wait_until_it_listens(int(environment["PORT"]))
        yield environment


@pytest.fixture(scope="session")
def resource_server(provider: dict[str, str]) -> Any:
    """The credentials of a resource server that may introspect."""
    registered = ["--name", "Warehouse", "--resource-server", RESOURCE]
    return json.loads(manage(provider, "create_client", *registered))


@pytest.fixture(scope="session", params=["ES256", "RS256"])
def life(
    request: pytest.FixtureRequest, node: str, provider: dict[str, str], resource_server: Any
) -> Any:
    """What openid-client found in one whole life of a sign-in, per ID token algorithm."""
    relying_party = manage(
        provider,
        *("create_client", "--name", "Interop", "--scope", SCOPE, "--resource", RESOURCE),
        *("--redirect-uri", REDIRECT_URI, "--id-token-alg", request.param),
        *("--post-logout-redirect-uri", POST_LOGOUT_REDIRECT_URI),
    )
    settings = {
        "issuer": provider["ISSUER"],
        "relying_party": json.loads(relying_party),
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
