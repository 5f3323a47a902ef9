"""A Warehouse over its own data, in front of a provider that answers in this process."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from warehouse import app as warehouse_app
from warehouse.config import Config
from warehouse.store import open_store

from console.demo.data import CONFIDENTIAL, RESTRICTED, warehouse_policies
from foundation.directory.levels import DEFAULTS
from scopeward_guard._decisions.policy_feed import PolicyFeed
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.settings import GuardSettings
from scopeward_guard.cedar import Label, PolicyDocument
from tests.guard.callers import run
from tests.guard.provider import FakeProvider

ISSUER, ORIGIN = "http://localhost:9990", "http://localhost:9992"
SALARIES = "SELECT name, salary FROM hr.employees ORDER BY salary DESC, id"
CARDS = "SELECT id, card_number FROM finance.payments WHERE method = 'card' ORDER BY id"


def warehouse_document(audience: str) -> PolicyDocument:
    """Return the demo's policies with its labels, as the provider compiles them."""
    kept = ((CONFIDENTIAL, 2), (RESTRICTED, 3))
    labels = [Label(pattern=name, sensitivity=level) for names, level in kept for name in names]
    return PolicyDocument(
        audience=audience,
        policies=warehouse_policies().text(),
        labels=tuple(labels),
        acr_levels=tuple(level.value for level in DEFAULTS),
    )


class Desk:
    """Somebody who asks the Warehouse: Ada, unless the token says otherwise."""

    def __init__(self, app: FastAPI, provider: FakeProvider) -> None:
        self._app, self.provider = app, provider

    def token(self, **changes: Any) -> str:
        now = int(time.time())
        claims = {
            "iat": now,
            "exp": now + 60,
            "auth_time": now,
            "scope": "warehouse:finance warehouse:hr",
            "clearance": 2,
            "projects": ["atlas"],
        }
        return self.provider.token(**(claims | changes))

    def send(self, method: str, path: str, token: str = "", **content: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}

        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
                return await http.request(method, path, headers=headers, **content)

        return run(call())

    def close(self) -> None:
        """Stop the Warehouse."""
        self._app.state.warehouse.close()

    def refresh_policy(self) -> None:
        """Have the Warehouse ask for its policy now."""
        feed = self._app.state.warehouse.guard.policy
        assert isinstance(feed, PolicyFeed)
        feed.refresh()

    def ask(self, statement: str, token: str = "", **changes: Any) -> httpx.Response:
        body = {
            "datasource": "warehouse",
            "statement": statement,
            "parameters": {},
            "max_rows": 5,
            "purpose": "Test",
            **changes,
        }
        return self.send("POST", "/query", token or self.token(), json=body)

    def approved(self, statement: str, approval_id: str = "a1", **changes: Any) -> str:
        """Return a token for one query, as the provider makes it of the Warehouse's challenge."""
        (detail,) = self.ask(statement, self.token(**changes)).json()["authorization_details"]
        self.provider.minted.add(approval_id)
        enriched = {**detail, "approval_id": approval_id, "approvers": ["x"]}
        return self.token(authorization_details=[enriched], **changes)


@pytest.fixture
def provider() -> FakeProvider:
    provider = FakeProvider(ISSUER, ORIGIN, started_at=time.time())
    provider.document = warehouse_document(ORIGIN)
    return provider


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the data lie; made once."""
    place = tmp_path_factory.mktemp("warehouse")
    open_store("", place).close()
    return place


@contextmanager
def desk_at(config: Config, provider: FakeProvider, patch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Give whoever asks a Warehouse of this configuration."""
    http = httpx.Client(transport=httpx.MockTransport(provider.answer))

    def guard(settings: GuardSettings) -> Guard:
        return Guard(settings, http=http)

    patch.setattr(warehouse_app, "Guard", guard)
    app = warehouse_app.create_app(config)
    desk = Desk(app, provider)
    yield desk
    desk.close()


@pytest.fixture
def desk(provider: FakeProvider, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Whoever asks the Warehouse on DuckDB."""
    config = Config(ISSUER, ORIGIN, "warehouse", "s3cret", folder)
    with desk_at(config, provider, monkeypatch) as desk:
        yield desk
