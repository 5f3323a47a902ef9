"""CPU time per request of the endpoints that programs call, in process and warm.

    DATABASE_URL=… .venv/bin/python bench/in_process/endpoints.py [--requests N]
                                              [--only ENDPOINT] [--profile]

Migrates the database it is given (a throw-away SQLite file without DATABASE_URL), so never point
it at one that matters. Prints one line per endpoint: CPU milliseconds of this process per request
(the database server's own time is not in it), the fastest and the median of twenty rounds, and
requests per CPU-second in the fastest: other work on the machine can only make a round slower.
"""

import argparse
import base64
import cProfile
import hashlib
import json
import os
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="scopeward-bench-"))
os.environ.setdefault("LOG_LEVEL", "WARNING")

import django

django.setup()

from django.core.management import call_command

call_command("migrate", verbosity=0)  # before the application is imported, which reads

from django.contrib.auth import get_user_model
from django.utils import timezone

from claims.catalogue.details.defaults import DEFAULT_TYPES, QUERY
from consent.models import Grant
from foundation.base.keys.ring import rotate_due_keys
from foundation.directory.sign_in import SignIn
from idp.authorize.issue import Granted, issue_code
from idp.authorize.request import AuthorizationRequest
from idp.clients.metadata import ClientMetadata
from idp.clients.services import register_client
from idp.wsgi import application

ROUNDS = 20
SCOPES = ("openid", "profile", "email", "roles", "offline_access")
REDIRECT_URI = "https://rp.example/cb"
VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)

DETAIL = DEFAULT_TYPES[QUERY]["example"]


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--only", default="")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    rotate_due_keys()
    measured = profiled if options.profile else timed
    for name, call in endpoints(options.requests).items():
        if options.only in {"", name}:
            print(f"{name:20}", measured(call, options.requests))


def timed(call: Callable[[int], Any], requests: int) -> str:
    """Warm up, call in rounds, and return how long a request took."""
    size = requests // (ROUNDS + 1)
    rounds = []
    for number in range(ROUNDS + 1):
        started = time.process_time()
        for request in range(number * size, (number + 1) * size):
            call(request)
        rounds.append((time.process_time() - started) / size * 1000)
    fastest, median = min(rounds[1:]), statistics.median(rounds[1:])
    return f"{fastest:8.3f} ms CPU, median {median:8.3f} {1000 / fastest:10,.0f} per CPU-second"


def profiled(call: Callable[[int], Any], requests: int) -> str:
    """Call under the profiler and print where the time goes."""
    with cProfile.Profile() as profiler:
        for number in range(requests):
            call(number)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(35)
    return "profiled"


def endpoints(requests: int) -> dict[str, Callable[[int], Any]]:
    """Write the parties and return a call for each endpoint; each takes the request's number."""
    person = get_user_model().objects.create(
        username=f"ada{time.time_ns()}", email="ada@example.com", name="Ada", given_name="Ada"
    )
    client, secret = register_client(
        ClientMetadata(
            client_name="Bench",
            redirect_uris=(REDIRECT_URI,),
            scope=" ".join(SCOPES),
            grant_types=("authorization_code", "refresh_token", "client_credentials"),
            id_token_signed_response_alg="ES256",
            resources=tuple(DETAIL["locations"]),
            authorization_details_types=(QUERY,),
        )
    )
    grant = Grant.objects.create(user=person, client=client, scopes=dict.fromkeys(SCOPES))
    pair = base64.b64encode(f"{client.client_id}:{secret}".encode()).decode()
    basic = f"Basic {pair}"
    now = timezone.now()
    sign_in = SignIn(person, auth_time=now, acr="a", amr=("pwd",), sid="sid")
    request = AuthorizationRequest(
        client_id=client.client_id,
        redirect_uri=REDIRECT_URI,
        code_challenge=CHALLENGE,
        code_challenge_method="S256",
    )
    later = now + timedelta(hours=1)  # so that the last code is still good when its turn comes
    codes = [
        issue_code(request, client, sign_in, Granted(grant, SCOPES), later)
        for _ in range(requests + 1)
    ]

    def exchange(number: int) -> Any:
        form = {"code": codes[number], "redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
        return post("/token", basic, grant_type="authorization_code", **form)()

    tokens = exchange(requests)
    state = {"refresh_token": tokens["refresh_token"]}

    def refresh(_: int) -> Any:
        answer = post("/token", basic, grant_type="refresh_token", **state)()
        state["refresh_token"] = answer["refresh_token"]

    pushed = {
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": " ".join(SCOPES),
        "state": "a-state",
        "nonce": "a-nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    query = {**pushed, "authorization_details": json.dumps([DETAIL])}

    bearer = f"Bearer {tokens['access_token']}"
    return {
        "discovery": get("/.well-known/openid-configuration"),
        "jwks": get("/.well-known/jwks.json"),
        "client_credentials": post("/token", basic, grant_type="client_credentials"),
        "introspection": post("/introspect", basic, token=tokens["access_token"]),
        "userinfo": get("/userinfo", bearer),
        "par": post("/par", basic, **pushed),
        "par with a query": post("/par", basic, **query),
        "refresh": refresh,
        "code": exchange,
    }


def get(path: str, authorization: str = "") -> Callable[..., Any]:
    """Return what sends a GET request to the WSGI application."""
    return lambda *_: call("GET", path, authorization, b"")


def post(path: str, authorization: str, **form: str) -> Callable[..., Any]:
    """Return what sends a form, encoded once, and returns the JSON of the answer."""
    body = urlencode(form).encode()
    return lambda *_: call("POST", path, authorization, body)


def call(method: str, path: str, authorization: str, body: bytes) -> Any:
    """Run one request; raises unless it is answered with success."""
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost:8000",
        "HTTP_AUTHORIZATION": authorization,
        "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
    }
    seen: list[str] = []
    chunks = application(environ, lambda status, *_: seen.append(status))
    content = b"".join(chunks)
    if hasattr(chunks, "close"):
        chunks.close()
    if not seen[0].startswith(("200", "201")):
        raise RuntimeError(f"{path}: {seen[0]} {content!r}")
    return json.loads(content) if path == "/token" else None


if __name__ == "__main__":
    main()
