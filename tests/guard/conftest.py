"""Fixtures: a provider, its guard, and a request that carries a token."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from scopeward_guard.errors import RefusedError
from scopeward_guard.guard import Guard
from scopeward_guard.request import PresentedRequest, presented
from scopeward_guard.settings import GuardSettings
from tests.guard.provider import ISSUER, RESOURCE, FakeProvider

MakeGuard = Callable[..., Guard]


@pytest.fixture
def provider() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
def make_guard(provider: FakeProvider) -> Iterator[MakeGuard]:
    """Make guards of `provider`; revocations off unless asked for, since they start a thread."""
    made: list[Guard] = []

    def make(**changes: Any) -> Guard:
        settings = {
            "issuer": ISSUER, "resource": RESOURCE, "client_id": "warehouse",
            "client_secret": "s3:cret", "revocations": False, **changes,
        }  # fmt: skip
        http = httpx.Client(transport=httpx.MockTransport(provider.answer))
        made.append(Guard(GuardSettings(**settings), http=http, clock=provider.now))
        return made[-1]

    yield make
    for guard in made:
        guard.close()


@pytest.fixture
def guard(make_guard: MakeGuard) -> Guard:
    return make_guard()


def bearing(token: str, path: str = "/payments", query: str = "") -> PresentedRequest:
    """Return a request with the token."""
    return presented("GET", path, query, [("Authorization", f"Bearer {token}")])


def refusal(call: Callable[[], object]) -> tuple[int, str]:
    """Return status and error code of the refusal that `call` must end in."""
    with pytest.raises(RefusedError) as caught:
        call()
    return caught.value.challenge.status, caught.value.challenge.error
