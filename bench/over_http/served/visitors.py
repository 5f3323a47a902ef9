"""People with browsers, their application and a resource server, all of them over HTTP."""

from collections.abc import Mapping
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import httpx

from bench.over_http.served.ours import FIREFOX, Stage
from foundation.base import conf
from foundation.directory.models import Client
from scopeward_guard import Guard, GuardSettings, QueryGate
from tests.factories import SCOPES, WAREHOUSE, make_client, make_resource_server
from tests.flows.approvals.warehouse import SALARIES, details
from tests.guard.conftest import bearing
from tests.relying_party import FORM, RelyingParty, answer_of


class Page:
    """An answer, as `RelyingParty` reads one."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes, target: str) -> None:
        self.status_code, self.headers, self.content = status, headers, body
        path, _, query = target.partition("?")
        self.request = {"PATH_INFO": path, "QUERY_STRING": query}

    def __getitem__(self, name: str) -> str:
        """Return a header."""
        return self.headers[name]

    def has_header(self, name: str) -> bool:
        """Say whether a header is there."""
        return name in self.headers

    def get(self, name: str, default: str = "") -> str:
        """Return a header, or what stands in for it."""
        return self.headers.get(name, default)


class HttpBrowser:
    """A browser that keeps one connection, as `RelyingParty` uses one."""

    def __init__(self, address: str, host: str, cookies: str = "") -> None:
        self._connection = HTTPConnection(address, timeout=60)
        self._fixed = {"Host": host, "User-Agent": FIREFOX}
        self.cookies = SimpleCookie(cookies)

    def get(self, target: str, data: Mapping[str, Any] | None = None) -> Page:
        """Send a GET request."""
        return self.send("GET", f"{target}?{urlencode(data, doseq=True)}" if data else target)

    def post(self, target: str, data: Mapping[str, Any]) -> Page:
        """Send a form."""
        return self.send("POST", target, urlencode(data, doseq=True), {"Content-Type": FORM})

    def send(
        self, method: str, target: str, body: str = "", headers: Mapping[str, str] | None = None
    ) -> Page:
        """Send a request, and keep the cookies that come back."""
        said = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        fields = {**self._fixed, **({"Cookie": said} if said else {}), **(headers or {})}
        self._connection.request(method, target, body or None, fields)
        response = self._connection.getresponse()
        for cookie in response.headers.get_all("Set-Cookie", []):
            self.cookies.load(cookie)
        return Page(response.status, response.headers, response.read(), target)


class ServedParty(RelyingParty):
    """An application that asks over HTTP."""

    def __init__(self, client: Client, secret: str | None, browser: HttpBrowser) -> None:
        super().__init__(client, secret, browser)  # type: ignore[arg-type]

    def post(
        self, path: str, form: Mapping[str, Any], *, authorization: str | None = None, **extra: Any
    ) -> Any:
        """Send a form as a program; return the members of the answer."""
        form, authorization = self._authenticated(dict(form))
        headers = {"Content-Type": FORM, "Authorization": authorization}
        browser: Any = self.browser
        answer = HttpBrowser.send(_without_cookies(browser), "POST", path, urlencode(form), headers)
        if answer.status_code not in {200, 201}:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.content!r}")
        return httpx.Response(answer.status_code, content=answer.content)


def _without_cookies(browser: HttpBrowser) -> HttpBrowser:
    """Return the program's side of the same connection."""
    program = object.__new__(HttpBrowser)
    program.__dict__ = {**browser.__dict__, "cookies": SimpleCookie()}
    return program


class Visitors:
    """What the people of a stage do, one after another."""

    def __init__(self, stage: Stage, address: str, times: int) -> None:
        self.stage, self.address = stage, address
        self._new = [
            make_client(scope=SCOPES, client_name=f"New {number}") for number in range(times)
        ]
        server, secret = make_resource_server(scopes=("query",))
        self.guard = Guard(
            GuardSettings(
                issuer=conf.current().issuer,
                resource=WAREHOUSE,
                client_id=server.client_id,
                client_secret=secret or "",
                revocations=False,
            ),
            http=httpx.Client(base_url=f"http://{address}"),
        )

    def first_visit(self, number: int) -> None:
        """Decide about ten scopes of an application that was never allowed anything."""
        party = self._party(number, *self._new[number])
        page = party.decide(party.authorize())
        party.exchange(answer_of(page)["code"])

    def silent_visit(self, number: int) -> None:
        """Be led through without a page."""
        party = self._party(number, self.stage.client, self.stage.secret)
        party.exchange(answer_of(party.authorize(prompt="none"))["code"])

    def one_query(self, number: int) -> None:
        """Be asked about one query, say yes, and have it run."""
        party = self._party(number, self.stage.client, self.stage.secret)
        pushed = party.pushed(authorization_details=details())
        page = party.decide(party.authorize(**pushed))
        tokens = party.exchange(answer_of(page)["code"]).json()
        with QueryGate(self.guard).admit(bearing(tokens["access_token"]), SALARIES) as admission:
            admission.executed(1)

    def _party(self, number: int, client: Client, secret: str | None) -> ServedParty:
        cookies = self.stage.cookies[number % len(self.stage.cookies)]
        browser = HttpBrowser(self.address, self.stage.host, cookies)
        return ServedParty(client, secret, browser)
