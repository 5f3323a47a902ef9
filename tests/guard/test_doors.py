"""What is true of both doors alone: the same acts, one look at the token, and nobody else waits."""

import asyncio
import inspect
import threading
from collections.abc import Coroutine
from typing import Any

import httpx
import pytest

from scopeward_guard._authzen import Decision, Evaluation
from scopeward_guard._base.errors import UnavailableError
from scopeward_guard._challenges.request import PresentedRequest
from scopeward_guard._decisions.requirements import requirement
from scopeward_guard._gates.admission import Admission, AsyncAdmission
from scopeward_guard._gates.query_gate import AsyncQueryGate, QueryGate
from scopeward_guard._gates.sql_gate import AsyncSqlGate, SqlGate
from scopeward_guard._guard.async_guard import AsyncGuard
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.async_transport import AsyncProvider
from scopeward_guard._provider.steps import Post, Wait
from scopeward_guard._tokens.principal import Principal
from tests.guard.callers import run
from tests.guard.conftest import bearing, settings
from tests.guard.doors import Door
from tests.guard.provider import FakeProvider
from tests.guard.test_enforcement import approved, asked
from tests.guard.test_sql_gate import SOURCE, Database, body

PAIRS = [(Guard, AsyncGuard), (QueryGate, AsyncQueryGate), (SqlGate, AsyncSqlGate),
         (Admission, AsyncAdmission)]  # fmt: skip
OTHERWISE = {"close": "aclose"}


@pytest.mark.parametrize(("door", "other"), PAIRS, ids=lambda kind: kind.__name__)
def test_both_doors_have_the_same_acts(door: type, other: type) -> None:
    for name, act in inspect.getmembers(door, inspect.isfunction):
        if name.startswith("_") or inspect.isgeneratorfunction(act):
            continue
        twin = getattr(other, OTHERWISE.get(name, name))
        assert list(inspect.signature(twin).parameters) == list(inspect.signature(act).parameters)
        assert act is twin or inspect.iscoroutinefunction(twin), name


class Counting:
    """A sender constraint that counts how often a token is looked at."""

    def __init__(self) -> None:
        self.looks = 0

    def check(self, principal: Principal, request: PresentedRequest) -> None:
        self.looks += 1


def test_each_request_has_its_token_looked_at_once(door: Door, provider: FakeProvider) -> None:
    counting, database = Counting(), Database()
    provider.opaque["opaque"] = {"active": True, "token_type": "Bearer", **provider.claims()}
    guard = door.guard(settings(), sender_constraint=counting)
    query_gate, sql_gate = door.query_gate(guard), door.sql_gate(guard, SOURCE, database)
    request, plain = bearing("opaque"), asked(needs_approval=False)
    caller = guard.authenticate(request)

    for looks, act in (
        (1, lambda: guard.protect(request, requirement("payments:read"))),
        (1, lambda: query_gate.admit(request, plain)),
        (0, lambda: query_gate.admit(request, plain, principal=caller)),
        (1, lambda: sql_gate.run(request, body())),
        (0, lambda: sql_gate.run(request, body(), principal=caller)),
    ):
        counting.looks = provider.asked["/introspect"] = 0
        act()
        assert (counting.looks, provider.asked["/introspect"]) == (looks, looks)
    door.close(guard)


class Slow(FakeProvider):
    """A provider whose answers at one address wait until somebody lets them go."""

    slow = "/introspect"

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.is_waiting = threading.Event()

    async def answer_later(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == self.slow:
            self.is_waiting.set()
            await asyncio.to_thread(self.go.wait, 30)
        return self.answer(request)

    def answer_blocking(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == self.slow:
            self.is_waiting.set()
            assert self.go.wait(30)
        return self.answer(request)


class Deciding:
    """A policy that has to ask somebody far away."""

    def __init__(self, far: Slow) -> None:
        self.far = far

    def decide(self, evaluation: Evaluation) -> Decision:
        self.far.is_waiting.set()
        assert self.far.go.wait(30)
        return Decision(permit=True)


@pytest.mark.parametrize("what", ["/introspect", "/jwks", "policy"])
def test_nobody_else_waits_for_who_waits(what: str) -> None:
    provider = Slow()
    provider.slow = what
    provider.opaque["opaque"] = {"active": True, "token_type": "Bearer", **provider.claims()}
    policy = Deciding(provider) if what == "policy" else None

    async def both() -> list[Any]:
        guard = AsyncGuard(
            settings(), clock=provider.now, policy=policy,
            http=httpx.AsyncClient(transport=httpx.MockTransport(provider.answer_later)),
            background_http=httpx.Client(transport=httpx.MockTransport(provider.answer_blocking)),
        )  # fmt: skip
        token = "opaque" if what == "/introspect" else provider.token()
        operation = "/payments" if policy else None
        first = asyncio.create_task(
            guard.protect(bearing(token), requirement("payments:read"), operation=operation)
        )
        while not provider.is_waiting.is_set():
            await asyncio.sleep(0)
        turns = 0
        for _ in range(100):
            await asyncio.sleep(0)
            turns += 1
        provider.go.set()
        answers = [(await first).subject, turns]
        await guard.aclose()
        return answers

    assert run(both()) == ["ada", 100]


def test_who_gives_up_while_an_approval_is_used_up_runs_nothing(provider: FakeProvider) -> None:
    consuming = asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        reply = provider.answer(request)
        if request.url.path.endswith("/consume"):
            consuming.set()
            await asyncio.Event().wait()
        return reply

    async def cancelled() -> None:
        guard = AsyncGuard(
            settings(), clock=provider.now,
            http=httpx.AsyncClient(transport=httpx.MockTransport(answer)),
            background_http=httpx.Client(transport=httpx.MockTransport(provider.answer)),
        )  # fmt: skip
        admitting = AsyncQueryGate(guard).admit(bearing(approved(provider)), asked())
        task = asyncio.create_task(admitting)
        await consuming.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await guard.aclose()

    run(cancelled())
    assert len(provider.consumed) == 1
    assert provider.reports == []


def test_connections_belong_to_the_loop_that_opened_them() -> None:
    provider = AsyncProvider(settings())

    async def opened() -> httpx.AsyncClient:
        client = provider._http()
        assert provider._http() is client
        await provider.aclose()
        return client

    first, second = run(opened()), run(opened())

    assert first is not second
    assert first.is_closed
    assert second.is_closed


@pytest.mark.parametrize("url", ["http://elsewhere.example/consume", "ftp://id.example/"])
def test_no_address_but_a_safe_one_is_asked(url: str, provider: FakeProvider) -> None:
    http = httpx.AsyncClient(transport=httpx.MockTransport(provider.answer))

    async def send() -> Any:
        return await AsyncProvider(settings(), http).perform(Post(url))

    with pytest.raises(UnavailableError):
        run(send())
    assert provider.asked.total() == 0


def test_what_a_thread_raises_arrives_where_it_is_awaited() -> None:
    def fail() -> None:
        raise UnavailableError("down")

    def wait() -> Coroutine[Any, Any, Any]:
        return AsyncProvider(settings()).perform(Wait(fail))

    with pytest.raises(UnavailableError, match="down"):
        run(wait())
