"""An Open Policy Agent beside a provider: how soon it knows, how fast it decides, what it costs.

    DATABASE_URL=… REDIS_URL=… .venv/bin/python bench/over_http/opa.py [--rounds N] [--opa PATH]

Starts a provider process over a database (a throw-away SQLite file without DATABASE_URL) and fills
it, so never point it at one that matters. Prints milliseconds.
"""

import argparse
import base64
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
PORT, OPA_PORT = 8471, 8472
FOLDER = Path(tempfile.mkdtemp(prefix="scopeward-bench-"))
AUDIENCE = "https://warehouse.example"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
os.environ.setdefault("DATA_DIR", str(FOLDER))
os.environ.setdefault("LOG_LEVEL", "ERROR")
os.environ["ISSUER"], os.environ["PORT"] = f"http://localhost:{PORT}", str(PORT)

import django

django.setup()

import httpx
from django.core.management import call_command
from django.utils import timezone

from claims.catalogue.scopes import found
from foundation.base.keys.ring import rotate_due_keys
from foundation.journal import deny_list
from idp.clients.metadata import ClientMetadata
from idp.clients.services import register_client
from idp.opa import editions
from idp.tokens.issue import Issue
from idp.tokens.issuing import issue_access_token

HTTP = httpx.Client(trust_env=False, timeout=10)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--opa", default=shutil.which("opa") or "opa")
    chosen = parser.parse_args()
    call_command("migrate", verbosity=0)
    rotate_due_keys()
    client, secret = register_client(
        ClientMetadata(client_name="Warehouse", grant_types=(), resource_server=AUDIENCE),
        client_id="warehouse",
    )
    pair = base64.b64encode(f"warehouse:{secret}".encode())
    (FOLDER / "credentials").write_bytes(pair)
    bundles(chosen.rounds)
    with provider():
        requests({"Authorization": f"Basic {pair.decode()}"})
        for waits in (True, False):
            with agent(chosen.opa, waits=waits):
                if waits:
                    decisions(client)
                name = "long polling" if waits else "asking every 1 to 2 s"
                report(f"revocation, {name}", [revocation(client) for _ in range(chosen.rounds)])


def bundles(rounds: int) -> None:
    """Make the bundle again and again."""

    def make() -> None:
        # What another revocation does, without the statement.
        editions._kept.clear()  # noqa: SLF001
        editions.current_bundle(AUDIENCE)

    report("making a bundle", [timed(make) for _ in range(rounds)])
    print(f"{'its size':34} {len(editions.current_bundle(AUDIENCE)[1].content)} bytes")


def requests(headers: dict[str, str]) -> None:
    """Ask whether there is another bundle, as an OPA does that has the newest."""
    url = f"http://127.0.0.1:{PORT}/opa/bundles/warehouse.tar.gz"
    headers["If-None-Match"] = HTTP.get(url, headers=headers).raise_for_status().headers["ETag"]
    report("304 over HTTP", [timed(lambda: HTTP.get(url, headers=headers)) for _ in range(500)])
    held = timed(lambda: HTTP.get(url, headers={**headers, "Prefer": "wait=5"}))
    print(f"{'304 after waiting':34} {held:.0f} ms")


def decisions(client: Any) -> None:
    """Ask OPA about one token again and again, then about a new one each time."""
    same = token_of(client)
    report("decision, token known to OPA", [timed(lambda: permits(same)) for _ in range(500)])
    new = iter([token_of(client) for _ in range(500)])
    report("decision, new token", [timed(lambda: permits(next(new))) for _ in range(500)])
    report("inside OPA, token known to OPA", [inside(same) for _ in range(500)])
    report("inside OPA, new token", [inside(token_of(client)) for _ in range(500)])


def revocation(client: Any) -> float:
    """Return milliseconds from revoking a token to the first denial."""
    token = token_of(client)
    if not permits(token):
        raise RuntimeError("denied before it was revoked")
    payload = token.split(".")[1]
    jti = json.loads(base64.urlsafe_b64decode(payload + "=="))["jti"]
    deny_list.deny_token(jti)
    began = time.perf_counter()
    while permits(token):
        time.sleep(0.002)
    return (time.perf_counter() - began) * 1000


def token_of(client: Any) -> str:
    """Return an access token for the resource server."""
    issue = Issue(client=client, audience=AUDIENCE, now=timezone.now(), entries=found(["query"]))
    return issue_access_token(issue)


def permits(token: str) -> bool:
    """Ask OPA."""
    return ask(token)["result"]["decision"] is True


def inside(token: str) -> float:
    """Return how many milliseconds OPA evaluated rules, by its own account."""
    return float(ask(token)["metrics"]["timer_rego_query_eval_ns"]) / 1e6


def ask(token: str) -> Any:
    """Return OPA's answer with its metrics."""
    asked = {"token": token, "resource": {"properties": {"scopes": ["query"]}}}
    url = f"http://127.0.0.1:{OPA_PORT}/v1/data/scopeward/decision?metrics"
    return HTTP.post(url, json={"input": asked}).json()


@contextmanager
def provider() -> Iterator[None]:
    """Run a provider process."""
    command = [sys.executable, "-m", "idp.front", "--host", "127.0.0.1"]
    options = ["--port", str(PORT)]
    environment = os.environ | {"ACCESS_LOG": "off"}
    with subprocess.Popen([*command, *options], cwd=ROOT, env=environment) as process:
        try:
            wait_for(f"http://127.0.0.1:{PORT}/livez")
            yield
        finally:
            process.terminate()


@contextmanager
def agent(program: str, *, waits: bool) -> Iterator[None]:
    """Run an OPA as `manage.py opa_config` says."""
    printed = StringIO()
    call_command(
        "opa_config",
        "warehouse",
        credentials_file=str(FOLDER / "credentials"),
        no_long_polling=not waits,
        stdout=printed,
    )
    config = FOLDER / "opa.json"
    config.write_text(printed.getvalue(), encoding="utf-8")
    address = f"127.0.0.1:{OPA_PORT}"
    options = ["--addr", address, "--config-file", str(config), "--log-level", "error"]
    with subprocess.Popen(
        [program, "run", "--server", "--skip-version-check", *options]
    ) as process:
        try:
            wait_for(f"http://{address}/health?bundles=true")
            yield
        finally:
            process.terminate()


def wait_for(url: str) -> None:
    """Return once there is an answer."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if HTTP.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer")


def timed(work: Callable[[], Any]) -> float:
    """Return how many milliseconds it takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def report(name: str, taken: list[float]) -> None:
    """Print one line."""
    ordered = sorted(taken)
    print(
        f"{name:34} median {statistics.median(ordered):7.2f}  "
        f"p95 {ordered[int(len(ordered) * 0.95)]:7.2f}  max {ordered[-1]:7.2f} ms"
    )


if __name__ == "__main__":
    main()
