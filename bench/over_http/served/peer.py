"""oidc-provider from npm, in memory, asked for what Scopeward is asked for."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.over_http.served.load import serving
from bench.over_http.served.requests import TOKEN, Row, chain, get, post
from tests.factories import REDIRECT_URI, WAREHOUSE
from tests.relying_party import CHALLENGE, basic
from tests.services import programs
from tests.services.redis import free_port

VERSION = "9.13.3"
SCOPES = "openid profile email roles offline_access"
SCRIPT = Path(__file__).with_name("oidc_provider.mjs")
START_SECONDS = 30.0
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@contextmanager
def oidc_provider(folder: Path) -> Iterator[tuple[int, str, list[Row]]]:
    """Install and run it; yield its process, `host:port` and the rows it can be asked for.

    Raises `MissingProgramError` without node or npm, `CalledProcessError` where npm installs
    nothing.
    """
    home = folder / "oidc-provider"
    home.mkdir()
    npm = programs.find("npm", package="npm")
    subprocess.run(
        [npm, "install", "--silent", "--no-audit", "--no-fund", f"oidc-provider@{VERSION}"],
        cwd=home,
        check=True,
        capture_output=True,
    )
    port, log = str(free_port()), folder / "peer.log"
    node = programs.find("node", package="nodejs")
    command: list[str | Path] = [
        "env",
        "-C",
        home,
        node,
        SCRIPT,
        port,
        REDIRECT_URI,
        WAREHOUSE,
        SCOPES,
    ]
    with serving(command, log, NODE_ENV="production") as process:
        yield process, f"127.0.0.1:{port}", _rows(_said(log))


def _said(log: Path) -> dict[str, Any]:
    """Return what it says once it listens."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        for line in log.read_text(encoding="utf-8").splitlines():
            if line.startswith('{"host"'):
                said: dict[str, Any] = json.loads(line)
                return said
        time.sleep(0.1)
    raise RuntimeError(log.read_text(encoding="utf-8"))


def _rows(said: dict[str, Any]) -> list[Row]:
    host, client_id = said["host"], said["clientId"]
    own = {"Authorization": basic(client_id, said["secret"])}
    refresh = said["refresh"]
    request = {
        "client_id": client_id,
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": SCOPES,
        "nonce": "a-nonce",
        "code_challenge": CHALLENGE.decode(),
        "code_challenge_method": "S256",
    }
    anonymous = f"/auth?{urlencode(request)}"
    silent = f"/auth?{urlencode({**request, 'prompt': 'none'})}"
    rotation = {"grant_type": "refresh_token", "refresh_token": TOKEN}
    credentials = post(host, "/token", {"grant_type": "client_credentials"}, **own)
    introspections = (
        post(host, "/token/introspection", {"token": t}, **own) for t in said["access"]
    )
    questions = (get(host, "/me", Authorization=f"Bearer {token}") for token in said["access"])
    visits = (get(host, silent, Cookie=each, User_Agent=FIREFOX) for each in said["cookies"])
    pushed = post(host, "/request", {**request, "state": "a-state"}, **own)
    return [
        Row("discovery", (get(host, "/.well-known/openid-configuration"),)),
        Row("JWKS", (get(host, "/jwks"),)),
        Row("client_credentials ES256", (credentials,), having='access_token":"ey'),
        Row("introspection", tuple(introspections), having='"active":true'),
        Row("userinfo", tuple(questions), having='"email"'),
        Row("PAR", (pushed,), 201, "request_uri"),
        Row(
            "refresh, ES256 ID token",
            (chain(host, "/token", rotation, **own),),
            having="id_token",
            follows="refresh_token",
            tokens=tuple(refresh),
        ),
        Row(
            "authorize, anonymous",
            (get(host, anonymous, User_Agent=FIREFOX),),
            303,
            "/interaction/",
        ),
        Row("silent sign-in", tuple(visits), 303, f"{REDIRECT_URI}?code="),
    ]
