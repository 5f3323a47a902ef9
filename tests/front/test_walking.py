"""Requests go on in the thread that has what they waited for, and need no event loop for it."""

import asyncio
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from typing import Any

import pytest
from granian import loops
from granian._futures import _cbsched_aioschedule, _future_watcher_wrapper

from idp.front import __main__ as serving
from idp.front.application import Front
from idp.front.bodies import Bodies
from idp.front.kinds import LASTING, MACHINES, PAGES, pool_of
from idp.front.limits import SMALL_BODY
from idp.front.pools import Pool
from idp.front.walking import Arrivals, Walk, WalkingLoop
from idp.web.machines.site import Site
from tests.front.fakes import STILL, Protocol, Scope
from tests.front.test_front import NoMachines

LARGE = b"x" * (SMALL_BODY + 1)


class Future:
    """A body on its way, as granian says it."""

    def __init__(self, loop: WalkingLoop) -> None:
        self.loop, self.body, self.is_there = loop, b"", False
        self.asked: list[tuple[Callable[[Any], None], Any]] = []

    def add_done_callback(self, call: Callable[[Any], None], *, context: Any) -> None:
        self.asked.append((call, context))

    def arrive(self, body: bytes) -> None:
        self.body, self.is_there = body, True
        for call, context in self.asked:
            self.loop.call_soon_threadsafe(call, self, context=context)

    def __await__(self) -> Generator[Any, None, bytes]:
        assert self.is_there
        return self.body
        yield


class Walker(Protocol):
    """A request that granian has begun."""

    def __init__(self, loop: WalkingLoop, scope: Scope, *pieces: bytes) -> None:
        super().__init__(*pieces)
        self.future, self.scope, self.proto = Future(loop), scope, self
        self.task: Any = None
        self.ended = threading.Event()

    def __call__(self) -> Any:
        return self.future

    def taskref(self, task: Any) -> None:
        self.task = task

    def done(self) -> None:
        self.ended.set()

    err = done


class Stage:
    """A front with its event loop, which does not run, and granian before it."""

    def __init__(self, loop: WalkingLoop, *, seconds: float = 9.0) -> None:
        self.loop, self.threads = loop, list[str]()
        self.pools = {name: Pool(name, 1, 9) for name in (MACHINES, PAGES, LASTING)}
        self.front = Front(
            Site(NoMachines(behind_proxy=False, logs=False), self.answer),
            pools=self.pools,
            pool_of=pool_of,
            bodies=Bodies(2**20, seconds=seconds),
        )
        self.front.__rsgi_init__(STILL)
        begins = _future_watcher_wrapper(self.front.__rsgi__)
        self.schedule = _cbsched_aioschedule(loop, copy_context(), begins)

    def answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.threads.append(threading.current_thread().name)
        start_response("200 OK", [])
        return [environ["wsgi.input"].read()[:9]]

    def begin(self, scope: Scope, *pieces: bytes) -> Walker:
        walker = Walker(self.loop, scope, *pieces)
        self.schedule(walker)
        return walker

    def taken(self) -> int:
        return sum(pool.taken for pool in self.pools.values())


@pytest.fixture
def loop() -> Iterator[WalkingLoop]:
    with closing(WalkingLoop()) as made:
        yield made


def post(length: int) -> Scope:
    return Scope("POST", content_length=str(length))


def test_the_server_is_started_with_such_a_loop() -> None:
    with closing(loops.get(serving.DEFAULTS["loop"])) as made:
        assert isinstance(made, WalkingLoop)
    asyncio.set_event_loop(None)


def test_a_request_is_answered_without_the_event_loop(loop: WalkingLoop) -> None:
    stage = Stage(loop)

    without_body = stage.begin(Scope())
    assert without_body.ended.wait(9)
    with_body = stage.begin(post(3))
    assert with_body.answers == []
    with_body.future.arrive(b"a=b")

    assert with_body.ended.wait(9)
    assert (with_body.answers, isinstance(with_body.task, Walk)) == ([(200, {}, b"a=b")], True)
    assert (stage.threads, stage.taken()) == (["pages-0"] * 2, 0)


def test_what_needs_the_loop_goes_there_and_is_a_task(loop: WalkingLoop) -> None:
    stage = Stage(loop)

    walker = stage.begin(post(len(LARGE)), LARGE)
    assert not walker.ended.is_set()
    with ThreadPoolExecutor(1) as elsewhere:  # This thread may have the loop of a browser in it.
        waiting = asyncio.to_thread(walker.ended.wait, 9)
        elsewhere.submit(loop.run_until_complete, waiting).result()

    assert walker.answers == [(200, {}, LARGE[:9])]
    assert (stage.taken(), stage.front.bodies.held) == (0, 0)


def test_who_sends_too_slowly_is_told_once(loop: WalkingLoop) -> None:
    stage = Stage(loop, seconds=-1.0)
    walker = stage.begin(post(3))

    stage.front.bodies.arrivals.look()
    walker.future.arrive(b"a=b")

    assert walker.ended.is_set()
    assert [status for status, _, _ in walker.answers] == [408]
    assert stage.threads == []


def test_who_is_in_time_is_not_told(loop: WalkingLoop) -> None:
    stage = Stage(loop)
    walker = stage.begin(post(3))

    stage.front.bodies.arrivals.look()
    walker.future.arrive(b"a=b")
    stage.front.bodies.arrivals.look()

    assert walker.ended.wait(9)
    assert [status for status, _, _ in walker.answers] == [200]


def test_of_body_and_deadline_one_continues_the_walk(loop: WalkingLoop) -> None:
    """Continued twice, a coroutine raises, or answers what is another request's."""
    for _ in range(50):
        stage = Stage(loop, seconds=-1.0)
        walker = stage.begin(post(3))
        both = threading.Barrier(2)

        def look(stage: Stage = stage, both: threading.Barrier = both) -> None:
            both.wait(9)
            stage.front.bodies.arrivals.look()

        other = threading.Thread(target=look)
        other.start()
        both.wait(9)
        walker.future.arrive(b"a=b")
        other.join(9)

        assert walker.ended.wait(9)
        assert len(walker.answers) == 1


def test_a_client_that_has_gone_ends_its_request(loop: WalkingLoop) -> None:
    stage = Stage(loop)
    walker = stage.begin(post(3))

    def gone() -> Generator[Any, None, bytes]:
        raise RuntimeError("RSGI transport is closed")
        yield

    walker.future.__class__ = type("Gone", (Future,), {"__await__": lambda _: gone()})
    walker.future.arrive(b"")

    assert walker.ended.wait(9)
    assert (walker.answers, walker.task.cancel()) == ([], False)


def test_what_is_taken_is_taken_once() -> None:
    arrivals = Arrivals()
    arrival = arrivals.within(9.0, None)
    arrivals.note(arrival, 0.0)

    assert [arrivals.take(arrival), arrivals.take(arrival)] == [True, False]
