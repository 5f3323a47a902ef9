"""Requests that walk: each goes on in the thread that has what it waited for.

granian begins a request in a thread of its own and would wake the event loop for it, and once more
when its body is there; then a worker is woken. Each time Python's lock changes hands. Nearly no
request needs anything of the loop, so it begins in granian's thread, goes on there with its body,
and ends in the worker's thread that has answered. What does need the loop (bodies in pieces, long
answers) goes there by `to_the_loop` and is a task like any other from then on.

Under any other event loop than `WalkingLoop` all requests are tasks from the beginning.
"""

import asyncio
import contextvars
import time
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Protocol

OF_A_WALK = contextvars.Context()
"""Given to granian with a callback, and given back by it: what it calls is a walk's."""


class Stop(Protocol):
    """Where a walk waits."""

    def hold(self, walk: "Walk") -> None:
        """See to it that `walk.go_on` is called, once; by then the walk has stopped."""


class Walk:
    """A coroutine of one request, continued by whoever has what it waits for.

    Everything it awaits is a `Stop`. granian takes it for the task of the request.
    """

    __slots__ = ("coroutine", "loop")

    def __init__(self, coroutine: Coroutine[Stop, None, None], loop: "WalkingLoop") -> None:
        self.coroutine, self.loop = coroutine, loop

    def go_on(self) -> None:
        """Continue to the next stop."""
        try:
            stop = self.coroutine.send(None)
        except StopIteration:
            return
        stop.hold(self)

    def cancel(self, msg: object = None) -> bool:
        """Refuse: what was begun for a client that has gone is brought to its end."""
        return False


class WalkingLoop(asyncio.SelectorEventLoop):
    """An event loop that leaves requests to the threads that would hand them over to it."""

    def __init__(self) -> None:
        super().__init__()
        self._tasks: set[asyncio.Task[None]] = set()

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Any, *args: Any, context: Any = None
    ) -> Any:
        """Begin or continue a request at once, in this thread; anything else is for the loop.

        What is called here has no handle to return, and granian asks for none.
        """
        if context is OF_A_WALK:
            return callback(*args)
        if len(args) == 2 and asyncio.iscoroutine(args[0]):
            coroutine, watcher = args
            walk = Walk(coroutine, self)
            watcher.taskref(walk)
            return walk.go_on()
        return super().call_soon_threadsafe(callback, *args, context=context)

    def adopt(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Let a coroutine, wherever it has got to, go on as a task. Called in the loop."""
        task = self.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def in_a_task() -> bool:
    """Say whether the coroutine that asks is a task of an event loop; else it walks."""
    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False


class _ToTheLoop:
    def __await__(self) -> Generator[Stop, None, None]:
        if not in_a_task():
            yield self

    def hold(self, walk: Walk) -> None:
        walk.loop.call_soon_threadsafe(walk.loop.adopt, walk.coroutine)


def to_the_loop() -> _ToTheLoop:
    """Await this to be a task of the event loop from here on."""
    return _ToTheLoop()


class Arrivals:
    """What walks wait for, each until its deadline; whoever is first continues the walk.

    Taking an entry out of a dictionary is one step, so neither of two threads needs a lock.
    """

    def __init__(self) -> None:
        self._deadlines: dict[Arrival, float] = {}

    def within(self, seconds: float, future: Any) -> "Arrival":
        """Await this for the result of granian's future; raises TimeoutError."""
        return Arrival(self, seconds, future)

    def note(self, arrival: "Arrival", deadline: float) -> None:
        """Wait for one from now on."""
        self._deadlines[arrival] = deadline

    def take(self, arrival: "Arrival") -> bool:
        """Say whether nobody has taken it before."""
        return self._deadlines.pop(arrival, None) is not None

    def look(self) -> None:
        """End the waits that are over."""
        now = time.monotonic()
        for arrival, deadline in list(self._deadlines.items()):
            if deadline <= now and self.take(arrival):
                arrival.give_up()

    def look_every(self, seconds: float, loop: asyncio.AbstractEventLoop) -> None:
        """Look again and again, in the event loop."""
        self.look()
        loop.call_later(seconds, self.look_every, seconds, loop)


class Arrival:
    """One future of granian's, for a walk."""

    __slots__ = ("_arrivals", "_future", "_go_on", "_is_late", "_seconds")

    def __init__(self, arrivals: Arrivals, seconds: float, future: Any) -> None:
        self._arrivals, self._seconds, self._future = arrivals, seconds, future
        self._is_late = False
        self._go_on: Callable[[], None]

    def __await__(self) -> Generator[Stop, None, Any]:
        yield self
        if self._is_late:
            raise TimeoutError
        return (yield from self._future.__await__())

    def hold(self, walk: Walk) -> None:
        """Have granian continue the walk, or whoever looks at the deadlines."""
        self._go_on = walk.go_on
        self._arrivals.note(self, time.monotonic() + self._seconds)
        self._future.add_done_callback(self._arrived, context=OF_A_WALK)

    def give_up(self) -> None:
        """Continue without it."""
        self._is_late = True
        self._go_on()

    def _arrived(self, _future: Any) -> None:
        if self._arrivals.take(self):
            self._go_on()
