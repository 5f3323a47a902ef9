"""From pressing the switch to being refused, in another process, over HTTP.

    DATABASE_URL=… REDIS_URL=… .venv/bin/python bench/over_http/revocation.py [--rounds N]

Starts two provider processes over one database (a throw-away SQLite file without DATABASE_URL) and
fills it, so never point it at one that matters. In each round a person switches a scope off at the
first process while a program asks the second without a pause. Prints milliseconds from sending the
POST to its answer, and from sending it to the first refusal, and how often a request that was sent
after the answer was accepted.
"""

import argparse
import base64
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
FIRST, SECOND = 8461, 8462
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="scopeward-bench-"))
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ["ISSUER"], os.environ["PORT"] = f"http://localhost:{FIRST}", str(FIRST)

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.core.management import call_command
from django.utils import timezone

from claims.catalogue.scopes import found
from consent.models import Grant
from foundation.base.keys.ring import rotate_due_keys
from idp.accounts.browser_sessions.store import SessionStore
from idp.clients.metadata import ClientMetadata
from idp.clients.services import register_client
from idp.models import RefreshToken
from idp.tokens.issue import Issue
from idp.tokens.issuing import issue_access_token

SCOPES = ("openid", "email", "roles", "offline_access")
CSRF = "c" * 32
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
IsRefused = Callable[[HTTPConnection, str, Any], bool]


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    rounds = parser.parse_args().rounds
    call_command("migrate", verbosity=0)
    rotate_due_keys()
    desk, _ = register_client(
        ClientMetadata(
            client_name="Desk", redirect_uris=("https://rp.example/cb",), scope=" ".join(SCOPES)
        )
    )
    audience = settings.SCOPEWARD.issuer
    server, secret = register_client(
        ClientMetadata(client_name="Server", grant_types=(), resource_server=audience)
    )
    pair = base64.b64encode(f"{server.client_id}:{secret}".encode()).decode()
    with provider(FIRST), provider(SECOND):
        for name, is_refused in questions(f"Basic {pair}").items():
            report(name, [one_round(desk, is_refused) for _ in range(rounds)][1:])


def questions(basic: str) -> dict[str, IsRefused]:
    """Return what programs ask, each with whether the answer is no."""

    def userinfo(connection: HTTPConnection, token: str, _: Any) -> bool:
        status, _body = ask(connection, "GET", "/userinfo", {"Authorization": f"Bearer {token}"})
        return status == 401

    def introspection(connection: HTTPConnection, token: str, _: Any) -> bool:
        headers = {**FORM, "Authorization": basic}
        _status, body = ask(connection, "POST", "/introspect", headers, urlencode({"token": token}))
        return json.loads(body)["active"] is False

    def deny_list(connection: HTTPConnection, _: str, grant: Any) -> bool:
        _status, body = ask(connection, "GET", "/revocations", {"Authorization": basic})
        return str(grant.pk).encode() in body

    return {"userinfo": userinfo, "introspection": introspection, "deny-list": deny_list}


def one_round(client: Any, is_refused: IsRefused) -> tuple[float, float, bool]:
    """Return milliseconds from sending the POST to its answer, and to the first refusal.

    And whether anything was accepted that was asked for after the answer.
    """
    person = get_user_model().objects.create(username=f"ada{time.time_ns()}", email="a@example.com")
    grant = Grant.objects.create(user=person, client=client, scopes=dict.fromkeys(SCOPES))
    token, session = token_of(person, client, grant), session_of(person)
    first, second = (HTTPConnection("127.0.0.1", port) for port in (FIRST, SECOND))
    started = Event()
    if is_refused(second, token, grant):
        raise RuntimeError("refused before anybody took anything back")

    def poll() -> tuple[float, float]:
        started.set()
        accepted = asked = time.perf_counter()
        while not is_refused(second, token, grant):
            accepted, asked = asked, time.perf_counter()
        return accepted, time.perf_counter()

    with ThreadPoolExecutor(1) as pool:
        refused = pool.submit(poll)
        started.wait()
        sent = time.perf_counter()
        press_switch(first, session, grant)
        answered = time.perf_counter()
        accepted, refused_at = refused.result()
        return (answered - sent) * 1000, (refused_at - sent) * 1000, accepted > answered


def token_of(person: Any, client: Any, grant: Any) -> str:
    """Return an access token of a family, as the token endpoint would."""
    from claims import subject

    now = timezone.now()
    family = RefreshToken.objects.create(
        user=person, application=client, grant=grant, token="", handle=f"{time.time_ns()}",
        redeemed_at=now, expires=now + timedelta(days=1), scope=" ".join(SCOPES),
        ends_at=now + timedelta(days=1),
    )  # fmt: skip
    issue = Issue(
        client=client, audience=settings.SCOPEWARD.issuer, entries=found(SCOPES), now=now,
        subject=subject.load(person.pk), grant_id=grant.pk, family=family.token_family,
    )  # fmt: skip
    return issue_access_token(issue)


def session_of(person: Any) -> str:
    """Return the cookie of a session in which the person is signed in."""
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.save()
    return session.cookie


def press_switch(connection: HTTPConnection, session: str, grant: Any) -> None:
    """Take the scope `email` back, as the page does."""
    cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: CSRF}
    headers = {**FORM, "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    body = urlencode({"scope": "email", "csrfmiddlewaretoken": CSRF})
    status, answer = ask(
        connection, "POST", f"/account/access/{grant.pk}/take-back/", headers, body
    )
    if status != 302:
        raise RuntimeError(f"{status} {answer!r}")


def ask(
    connection: HTTPConnection, method: str, path: str, headers: dict[str, str], body: str = ""
) -> tuple[int, bytes]:
    """Send a request; return status and body of the answer."""
    connection.request(method, path, body or None, {"Host": f"localhost:{FIRST}", **headers})
    response = connection.getresponse()
    return response.status, response.read()


@contextmanager
def provider(port: int) -> Iterator[None]:
    """Run a provider process."""
    command = [sys.executable, "-m", "idp.front", "--host", "127.0.0.1"]
    options = ["--port", str(port)]
    environment = os.environ | {"ACCESS_LOG": "off"}
    with subprocess.Popen([*command, *options], cwd=ROOT, env=environment) as process:
        try:
            wait_for(port)
            yield
        finally:
            process.terminate()


def wait_for(port: int) -> None:
    """Return once the process answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if ask(HTTPConnection("127.0.0.1", port), "GET", "/livez", {})[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the provider does not answer")


def report(name: str, rounds: list[tuple[float, float, bool]]) -> None:
    """Print one line."""
    answers, refusals = (sorted(column) for column in list(zip(*rounds, strict=True))[:2])
    print(
        f"{name:14} answer {statistics.median(answers):6.1f}  refusal: median "
        f"{statistics.median(refusals):6.1f}  p95 {refusals[int(len(refusals) * 0.95)]:6.1f}  "
        f"max {refusals[-1]:6.1f} ms  accepted after the answer: {sum(late for *_, late in rounds)}"
    )


if __name__ == "__main__":
    main()
