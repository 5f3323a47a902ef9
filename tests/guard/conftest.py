"""Fixtures: a provider, its guard, and a request that carries a token."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._challenges.request import PresentedRequest, presented
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.settings import GuardSettings
from tests.guard.doors import DOORS, Door, Finish, event_loop
from tests.guard.provider import ISSUER, RESOURCE, FakeProvider

MakeGuard = Callable[..., Guard]


@pytest.fixture
def provider() -> FakeProvider:
    return FakeProvider()


def settings(**changes: Any) -> GuardSettings:
    """Return settings; revocations off unless asked for, since they start a thread."""
    members = {
        "issuer": ISSUER, "resource": RESOURCE, "client_id": "warehouse",
        "client_secret": "s3:cret", "revocations": False, **changes,
    }  # fmt: skip
    return GuardSettings(**members)


@pytest.fixture
def make_guard(provider: FakeProvider) -> Iterator[MakeGuard]:
    """Make guards of `provider`."""
    made: list[Guard] = []

    def make(**changes: Any) -> Guard:
        http = httpx.Client(transport=httpx.MockTransport(provider.answer))
        made.append(Guard(settings(**changes), http=http, clock=provider.now))
        return made[-1]

    yield make
    for guard in made:
        guard.close()


@pytest.fixture
def guard(make_guard: MakeGuard) -> Guard:
    return make_guard()


@pytest.fixture(scope="session")
def finish() -> Iterator[Finish[Any]]:
    with event_loop() as finish:
        yield finish


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest, provider: FakeProvider, finish: Finish[Any]) -> Door:
    """Each way into the guard; a test that takes it runs through both."""
    return Door(request.param, provider, finish)


@pytest.fixture
def either(door: Door) -> Iterator[Any]:
    """A guard of either kind, called like a `Guard`."""
    guard = door.guard(settings())
    yield guard
    door.close(guard)


def bearing(token: str, path: str = "/payments", query: str = "") -> PresentedRequest:
    """Return a request with the token."""
    return presented("GET", path, query, [("Authorization", f"Bearer {token}")])


def refusal(call: Callable[[], object]) -> tuple[int, str]:
    """Return status and error code of the refusal that `call` must end in."""
    with pytest.raises(RefusedError) as caught:
        call()
    return caught.value.challenge.status, caught.value.challenge.error
