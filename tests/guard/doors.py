"""The two doors of the guard as one: `AsyncGuard` and its gates, called as `Guard` is.

What is true of one is true of the other: a test that takes the fixture `door` runs through both.
"""

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any, TypeVar

import httpx

from scopeward_guard._authzen import Policy
from scopeward_guard._gates.admission import AsyncAdmission
from scopeward_guard._gates.query_gate import AsyncQueryGate, QueryGate
from scopeward_guard._gates.sql_gate import AsyncSqlGate, SqlGate, SqlSource
from scopeward_guard._guard.async_guard import AsyncGuard
from scopeward_guard._guard.guard import Guard
from scopeward_guard._provider.settings import GuardSettings
from tests.guard.provider import FakeProvider

T = TypeVar("T")
Finish = Callable[[Coroutine[Any, Any, T]], T]
DOORS = ("Guard", "AsyncGuard")


class Awaited:
    """Something whose coroutines are finished before they are returned."""

    def __init__(self, awaited: Any, finish: Finish[Any]) -> None:
        self.awaited, self.finish = awaited, finish

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.awaited, name)
        return self._called(found) if inspect.iscoroutinefunction(found) else found

    def _called(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*values: Any, **named: Any) -> Any:
            result = self.finish(function(*values, **named))
            return AwaitedAdmission(result, self.finish) if is_admission(result) else result

        return call


class AwaitedAdmission(Awaited):
    """An admission under `with`, for a query that is not awaited."""

    def run(self, query: Callable[[], T]) -> T:
        async def awaited() -> T:
            return query()

        result: T = self.finish(self.awaited.run(awaited))
        return result

    def __enter__(self) -> "AwaitedAdmission":
        self.finish(self.awaited.__aenter__())
        return self

    def __exit__(self, *raised: Any) -> None:
        self.finish(self.awaited.__aexit__(*raised))


def is_admission(result: Any) -> bool:
    return isinstance(result, AsyncAdmission)


@contextmanager
def event_loop() -> Iterator[Finish[Any]]:
    """Run a loop in a thread, and give what finishes a coroutine in it."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def finish(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(timeout=30)

    yield finish
    # Within its own thread: in this one the loop of a browser may be running.
    finish(loop.shutdown_default_executor())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


class Door:
    """One way into the guard: makes guards of a provider, and gates of its guards."""

    def __init__(self, name: str, provider: FakeProvider, finish: Finish[Any]) -> None:
        self.is_awaited, self._provider, self._finish = name == "AsyncGuard", provider, finish

    def guard(self, settings: GuardSettings, **options: Any) -> Any:
        transport = httpx.MockTransport(self._provider.answer)
        options = {"clock": self._provider.now, **options}
        background = httpx.Client(transport=transport)
        if not self.is_awaited:
            return Guard(settings, http=background, **options)
        http = httpx.AsyncClient(transport=transport)
        awaited = AsyncGuard(settings, http=http, background_http=background, **options)
        return Awaited(awaited, self._finish)

    def close(self, guard: Any) -> None:
        guard.aclose() if self.is_awaited else guard.close()

    def query_gate(self, guard: Any, policy: Policy | None = None, **options: Any) -> Any:
        if not self.is_awaited:
            return QueryGate(guard, policy=policy, **options)
        gate = AsyncQueryGate(guard.awaited, policy=policy, **options)
        return Awaited(gate, self._finish)

    def sql_gate(self, guard: Any, source: SqlSource, execute: Callable[..., Any]) -> Any:
        if not self.is_awaited:
            return SqlGate(guard, source, execute)

        async def awaited(*values: Any) -> Any:
            return execute(*values)

        return Awaited(AsyncSqlGate(guard.awaited, source, awaited), self._finish)
