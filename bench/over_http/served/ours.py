"""Scopeward as it is served, with people, applications and what they have done, and its rows."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client as Browser
from django.utils import timezone

from bench.over_http.served.load import serving
from bench.over_http.served.requests import FORM, TOKEN, Row, chain, get, post
from claims.catalogue.details.defaults import DEFAULT_TYPES, QUERY
from foundation.base.keys.ring import rotate_due_keys
from foundation.directory.levels import ACR_ONE_FACTOR
from foundation.directory.models import Client, User
from foundation.directory.sign_in import SignIn
from idp.authorize.issue import Granted, issue_code
from idp.authorize.request import AuthorizationRequest
from idp.tasks import keep_history
from tests.approvals.asking import Asking
from tests.consent.asking import Asking as Consenting
from tests.factories import REDIRECT_URI, SCOPES, WAREHOUSE, make_client, make_person, make_scope
from tests.people import LOGIN
from tests.relying_party import CHALLENGE, PASSWORD, VERIFIER, basic

ROOT = Path(__file__).resolve().parents[3]
SLIM = ["openid", "profile", "email", "roles", "offline_access"]
PEOPLE, CHAINS = 16, 160
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@contextmanager
def provider(folder: Path) -> Iterator[tuple[int, str]]:
    """Serve by one worker; yield its process and `host:port`."""
    port = str(settings.PORT)
    command = [sys.executable, "-m", "idp.front", "--host", "127.0.0.1", "--port", port]
    with serving(
        [*command, "--log-level", "warning"], folder / "ours.log", LOG_LEVEL="INFO"
    ) as process:
        wait_for(f"127.0.0.1:{port}", "/livez")
        yield process, f"127.0.0.1:{port}"


def wait_for(address: str, path: str) -> None:
    """Return once a server answers with 200."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            connection = HTTPConnection(address, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nobody answers at {address}")


class Stage:
    """The parties, written into the database, and the rows that they make."""

    def __init__(self) -> None:
        call_command("migrate", verbosity=0)
        rotate_due_keys()
        self.host = urlsplit(settings.SCOPEWARD.issuer).netloc
        self.client, self.secret = _client(SLIM, client_name="Bench")
        self.people = [make_person(username=f"person{number}") for number in range(PEOPLE)]
        self.grants = [Consenting(p, self.client).allow(SLIM[1:], SLIM[1:]) for p in self.people]
        for name in ("reports", "exports"):
            make_scope(name=name)
        self.asking_much, _ = _client([*SCOPES.split(), "reports", "exports"], client_name="Much")
        self.approvals = _fill(self.people)
        keep_history()
        self.cookies = [_sign_in(person) for person in self.people]
        connections.close_all()

    def rows(self) -> list[Row]:
        """Return all rows; those that need tokens have used a code for each."""
        tokens = [self._tokens(number % PEOPLE) for number in range(CHAINS)]
        connections.close_all()
        return [*self._machine_rows(tokens), *self._browser_rows(), *self._page_rows()]

    def _machine_rows(self, tokens: list[dict[str, Any]]) -> list[Row]:
        own = {"Authorization": basic(self.client.client_id, self.secret or "")}
        access = [each["access_token"] for each in tokens]
        refresh = tuple(each["refresh_token"] for each in tokens)
        rotation = {"grant_type": "refresh_token", "refresh_token": TOKEN}
        host = self.host
        pushed = {**self._request(), "state": "a-state"}
        query = {**pushed, "authorization_details": _example()}
        return [
            Row("discovery", (get(host, "/.well-known/openid-configuration"),)),
            Row("JWKS", (get(host, "/.well-known/jwks.json"),)),
            Row(
                "client_credentials ES256",
                (post(host, "/token", {"grant_type": "client_credentials"}, **own),),
                having="access_token",
            ),
            Row(
                "introspection",
                tuple(post(host, "/introspect", {"token": token}, **own) for token in access),
                having='"active": true',
            ),
            Row(
                "userinfo",
                tuple(get(host, "/userinfo", Authorization=f"Bearer {token}") for token in access),
                having='"sub"',
            ),
            Row("PAR", (post(host, "/par", pushed, **own),), 201, "request_uri"),
            Row("PAR with a query", (post(host, "/par", query, **own),), 201, "request_uri"),
            Row(
                "refresh, ES256 ID token",
                (chain(host, "/token", rotation, **own),),
                having="id_token",
                follows="refresh_token",
                tokens=refresh,
            ),
        ]

    def _browser_rows(self) -> list[Row]:
        target = f"/authorize?{urlencode(self._request())}"
        silent = f"/authorize?{urlencode({**self._request(), 'prompt': 'none'})}"
        answer = f"{REDIRECT_URI}?code="
        browser = _browser()
        page = browser.get(target)
        at_sign_in = self._get(page["Location"], _cookies(browser))
        return [
            Row("authorize, anonymous", (self._get(target, ""),), 302, LOGIN),
            Row("sign-in page", (at_sign_in,), having="</html>"),
            Row("silent sign-in", self._each(lambda *_: silent), 303, answer),
            Row("visit, standing grant", self._each(lambda *_: target), 303, answer),
            Row("consent page, 12 scopes", self._each(self._consent_page), having="exports"),
        ]

    def _page_rows(self) -> list[Row]:
        pages = {
            "My access": "/account/access/",
            "inbox": "/approvals/",
            "history page": "/account/history/",
            "sessions page": "/accounts/sessions/",
        }
        rows = [
            Row(name, self._each(lambda *_, path=path: path), having="</html>")
            for name, path in pages.items()
        ]
        # Its visits are acts: it comes after the page that lists them.
        waiting = map(self._get, self.approvals, self.cookies)
        return [*rows, Row("approval page", tuple(waiting), having="</html>")]

    def _each(self, target_of: Callable[[str], str]) -> tuple[str, ...]:
        return tuple(self._get(target_of(cookies), cookies) for cookies in self.cookies)

    def _consent_page(self, cookies: str) -> str:
        browser = _browser()
        browser.cookies.load(cookies)
        scope = " ".join(sorted(self.asking_much.scopes))
        request = self._request(client_id=self.asking_much.client_id, scope=scope)
        page = browser.get("/authorize", request)
        while page.status_code == 302:
            target = page["Location"]
            page = browser.get(target)
        if not target.startswith("/consent/"):
            raise RuntimeError(f"no consent page, but {target}")
        return target

    def _get(self, target: str, cookies: str) -> str:
        kept = {"Cookie": cookies} if cookies else {}
        return get(self.host, target, User_Agent=FIREFOX, **kept)

    def _request(self, **parameters: str) -> dict[str, str]:
        return {
            "client_id": self.client.client_id,
            "redirect_uri": REDIRECT_URI,
            "response_type": "code",
            "scope": " ".join(SLIM),
            "nonce": "a-nonce",
            "code_challenge": CHALLENGE.decode(),
            "code_challenge_method": "S256",
            **parameters,
        }

    def _tokens(self, number: int) -> dict[str, Any]:
        """Return what the token endpoint answers for a code of one of the people."""
        now = timezone.now()
        request = AuthorizationRequest(
            client_id=self.client.client_id,
            redirect_uri=REDIRECT_URI,
            code_challenge=CHALLENGE.decode(),
            code_challenge_method="S256",
        )
        sign_in = SignIn(
            self.people[number], auth_time=now, acr=ACR_ONE_FACTOR, amr=("pwd",), sid="sid"
        )
        granted = Granted(self.grants[number], tuple(SLIM))
        code = issue_code(request, self.client, sign_in, granted, now)
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
        own = {"Authorization": basic(self.client.client_id, self.secret or "")}
        body = urlencode({**form, "code_verifier": VERIFIER})
        answer = _browser().post("/token", body, content_type=FORM, headers=own)
        tokens: dict[str, Any] = answer.json()
        return tokens


def _client(scopes: list[str], **metadata: Any) -> tuple[Client, str | None]:
    return make_client(
        scope=" ".join(scopes),
        grant_types=("authorization_code", "refresh_token", "client_credentials"),
        resources=(WAREHOUSE,),
        authorization_details_types=(QUERY,),
        **metadata,
    )


def _fill(people: list[User]) -> list[str]:
    """Let everybody have eight applications, with fifty decisions, and twenty queries asked for.

    Return the address of one of the queries of each, which waits for their answer.
    """
    scopes = SCOPES.split()[1:8]
    clients = [_client(SCOPES.split(), client_name=f"Application {n}")[0] for n in range(7)]
    waiting = []
    for person in people:
        for client in clients:
            Consenting(person, client).allow(scopes, scopes)
        asked = [
            Asking(clients[number % 7], person).lodge(f"sales.orders.column{number}")
            for number in range(20)
        ]
        waiting.append(asked[0].get_absolute_url())
    return waiting


def _example() -> str:
    return json.dumps([DEFAULT_TYPES[QUERY]["example"]])


def _browser() -> Browser:
    host = urlsplit(settings.SCOPEWARD.issuer).netloc
    return Browser(headers={"User-Agent": FIREFOX, "Host": host})


def _sign_in(person: User) -> str:
    browser = _browser()
    browser.post(LOGIN, {"login": person.username, "password": PASSWORD})
    return _cookies(browser)


def _cookies(browser: Browser) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
