"""Every Python block runs as it is written, after what its page takes for granted."""

import ast
import re
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import duckdb
import httpx
import pytest
import requests
from django.test import Client as Browser
from fastapi import FastAPI
from requests.adapters import BaseAdapter

from foundation.base import conf
from foundation.journal.outbox.standard_webhooks import secret_of, signed
from scopeward_guard._binding.details import query_detail
from scopeward_guard._binding.digest import Query
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._gates.query_gate import QueryGate
from scopeward_guard._guard.async_guard import AsyncGuard
from scopeward_guard._guard.guard import Guard
from scopeward_guard.cedar import PolicyDocument
from tests.docs.pages import Block, blocks
from tests.factories import make_person, make_relying_party
from tests.guard.callers import run as finished
from tests.guard.conftest import bearing
from tests.guard.provider import ISSUER, RESOURCE, FakeProvider
from tests.policies import PERMIT_ALL

SHOWN = re.compile(r"^([\w.]+)  # ([(\"'\[].*)$", re.MULTILINE)
"""An expression and its value behind it."""
Names = dict[str, Any]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    """A provider for guards that takes everything, where the environment says it is."""
    provider = FakeProvider()
    provider.document = PolicyDocument(audience=RESOURCE, policies=PERMIT_ALL)
    for name, value in {
        "ISSUER": ISSUER, "RESOURCE": RESOURCE, "CLIENT_ID": "warehouse", "CLIENT_SECRET": "secret"
    }.items():  # fmt: skip
        monkeypatch.setenv(f"SCOPEWARD_{name}", value)
    transport = httpx.MockTransport(provider.answer)
    there = {"clock": provider.now}
    threads = httpx.Client(transport=transport)
    awaited = httpx.AsyncClient(transport=transport)
    monkeypatch.setattr("scopeward_guard.Guard", partial(Guard, http=threads, **there))
    monkeypatch.setattr(
        "scopeward_guard.AsyncGuard",
        partial(AsyncGuard, http=awaited, background_http=threads, **there),
    )
    return provider


def run(block: Block, names: Names) -> Names:
    """Run a block as it is written; return the names that there are afterwards."""
    names = {"__name__": "snippet", **names}
    exec(compile(block.text, str(block), "exec"), names)  # noqa: S102
    return names


def post(app: FastAPI, path: str, body: Names, token: str) -> httpx.Response:
    """Send a body to an application in this process."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=RESOURCE) as http:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            return await http.post(path, json=body, headers=headers)

    return finished(send())


def close(names: Names) -> None:
    """Stop the guards that a block has made."""
    for value in names.values():
        for guard in (value, getattr(value, "_guard", None)):
            if isinstance(guard, Guard):
                guard.close()


# --- what each is to show -------------------------------------------------------------------------


def endpoint(block: Block, request: pytest.FixtureRequest) -> None:
    """tests/guard/test_package.py calls it."""
    request.getfixturevalue("fake")
    names = run(block, {})

    assert "/payments" in {getattr(route, "path", "") for route in names["app"].routes}


def approved_query(block: Block, request: pytest.FixtureRequest) -> None:
    fake: FakeProvider = request.getfixturevalue("fake")
    names = run(block, {})
    statement, parameters = "SELECT salary FROM hr.employees WHERE id = :id", {"id": 7}
    query = Query(
        datasource="warehouse", schema_rev="7", statement=statement,
        parameters=parameters, max_rows=100,
    )  # fmt: skip
    detail = query_detail(
        query, location=RESOURCE, actions=["select"], datatypes=["hr.employees.salary"]
    )
    fake.minted.add("a1")
    approved = [{**detail, "approval_id": "a1"}]
    token = bearing(fake.token(authorization_details=approved, scope="hr:read"))

    assert names["run"](token, statement, parameters) == [(statement, parameters)]
    assert len(fake.consumed) == len(fake.reports) == 1
    for refused in (bearing(fake.token(scope="hr:read")), token):
        with pytest.raises(RefusedError):
            names["run"](refused, statement, parameters)
    close(names)


def guard_with_policy(block: Block, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("fake")
    names = run(block, {})

    assert names["guard"].has_policy
    assert isinstance(names["gate"], QueryGate)
    if "visible" in names:
        fake: FakeProvider = request.getfixturevalue("fake")
        caller = names["guard"].authenticate(bearing(fake.token()))
        fields = ["hr.employees.name", "hr.employees.salary"]
        assert names["visible"](caller, [{"id": 7, "department": "finance"}]) == [fields]
    close(names)


def sql_server(block: Block, request: pytest.FixtureRequest) -> None:
    """Somebody asks it for two rows, over HTTP; it is as short as it says."""
    fake: FakeProvider = request.getfixturevalue("fake")
    folder = request.getfixturevalue("tmp_path")
    request.getfixturevalue("monkeypatch").chdir(folder)
    with duckdb.connect(str(folder / "data.duckdb")) as database:
        database.execute("CREATE SCHEMA shop")
        database.execute("CREATE TABLE shop.orders AS SELECT 1 AS id, 'EU' AS region, 2.5 AS total")
    names = run(block, {})
    body = {"datasource": "shop", "statement": "SELECT id, region FROM shop.orders", "max_rows": 9}

    answers = [
        post(names["app"], "/query", body, token)
        for token in ("", fake.token(), fake.token(aud="https://other.example"))
    ]

    lines = [line for line in block.text.splitlines() if line and "import " not in line]
    assert len(lines) <= 15
    assert [answer.status_code for answer in answers] == [401, 200, 401]
    assert answers[1].json()["rows"] == [[1, "EU"]]
    names["database"].close()
    close(names)


def awaited(block: Block, request: pytest.FixtureRequest) -> None:
    fake: FakeProvider = request.getfixturevalue("fake")
    names = run(block, {})

    assert finished(names["subject"](bearing(fake.token()))) == "ada"
    with pytest.raises(RefusedError):
        finished(names["subject"](bearing(fake.token(scope="profile"))))
    finished(names["guard"].aclose())


def gate_with_opa(block: Block, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("fake")
    names = run(block, {})

    assert isinstance(names["gate"], QueryGate)
    close(names)


def statement(block: Block, request: pytest.FixtureRequest) -> None:
    """Values are those behind the expressions, the text that of the block in SQL."""
    names = run(block, {})
    (shown,) = blocks("sql")
    values = SHOWN.findall(block.text)

    assert len(values) == 3
    for expression, value in values:
        assert eval(expression, names) == ast.literal_eval(value)  # noqa: S307
    assert _plain(names["text"]) == _plain(shown.text)


def web_application(block: Block, request: pytest.FixtureRequest) -> None:
    """The code flow, from the first page to what the person released."""
    request.getfixturevalue("provider")
    monkeypatch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setattr(requests.Session, "get_adapter", lambda *_, **__: InProcess())
    party = make_relying_party(redirect_uris=("http://localhost/callback",))
    client = {"CLIENT_ID": party.client.client_id, "CLIENT_SECRET": party.secret}
    application = run(block, {"ISSUER": conf.current().issuer, **client})["app"].test_client()

    left = urlsplit(application.get("/").location)
    asked = dict(parse_qsl(left.query))
    assert {"nonce", "code_challenge"} <= asked.keys()
    party.sign_in(make_person())
    back = party.decide(party.browser.get(left.path, asked))
    answer = application.get(back["Location"]).json

    assert set(answer["scope"].split()) == {"openid", "profile", "email"}
    assert answer["userinfo"]["email"] == "ada@example.org"


def webhook_receiver(block: Block, request: pytest.FixtureRequest) -> None:
    """It takes what the provider signs, and the example of the specification; nothing else."""
    verified = run(block, {})["verified"]
    key, body = secret_of(b"k" * 32), b'{"type":"approval.waiting"}'
    headers = signed("a-b", 1_000, body, key)
    assert verified(headers, body, key, 1_300) == {"type": "approval.waiting"}
    rotated = {**headers, "webhook-signature": f"v1,AAAA {headers['webhook-signature']} v1a,BBBB"}
    assert verified(rotated, body, key, 700)
    assert verified(*SPECIFIED, 1_614_265_330) == {"test": 2_432_232_314}

    for wrong, sent, secret, now in (
        ({**headers, "webhook-id": "a-c"}, body, key, 1_000),
        ({**headers, "webhook-timestamp": "1001"}, body, key, 1_000),
        ({**headers, "webhook-signature": headers["webhook-signature"][3:]}, body, key, 1_000),
        ({**headers, "webhook-signature": "v1,"}, body, key, 1_000),
        (headers, body + b" ", key, 1_000),
        (headers, body, secret_of(b"l" * 32), 1_000),
        (headers, body, key, 1_301),
        (headers, body, key, 699),
    ):
        with pytest.raises(ValueError, match=r"not signed|too old"):
            verified(wrong, sent, secret, now)


SPECIFIED = (
    {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
    b'{"test": 2432232314}',
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
)
"""What the libraries of Standard Webhooks are tested with."""


class InProcess(BaseAdapter):
    """Carries the requests of an application to the provider without a network."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        body = request.body or b""
        sent = Browser().generic(
            request.method or "GET", request.path_url, body, headers=dict(request.headers),
            content_type=request.headers.get("Content-Type", ""),
        )  # fmt: skip
        answer = requests.Response()
        answer.status_code, answer._content = sent.status_code, sent.content
        answer.headers.update(sent.headers)
        answer.request, answer.url = request, request.url or ""
        return answer

    def close(self) -> None:
        """Nothing is open."""


def _plain(text: str) -> str:
    return re.sub(r"\s+|(?<=\() | (?=\))", " ", text.strip()).replace("( ", "(").replace(" )", ")")


CASES: dict[str, Callable[[Block, pytest.FixtureRequest], None]] = {
    '@app.get("/payments")': endpoint,
    "SqlSource(": sql_server,
    "QueryRequest(": approved_query,
    "protect(FastAPI()": guard_with_policy,
    "AsyncGuard(": awaited,
    "OpaPolicy(": gate_with_opa,
    "Derivations()": statement,
    "flask_client": web_application,
    "webhook-signature": webhook_receiver,
}
"""What a block is to show, by words in it. One that shows nothing known is proven by nothing."""


@pytest.mark.django_db
@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_block_runs_and_does_what_the_page_says(
    block: Block, request: pytest.FixtureRequest
) -> None:
    (show,) = [show for words, show in CASES.items() if words in block.text]

    show(block, request)
