"""Threads that work, a few of each kind, and short queues before them.

Machine endpoints do not wait for pages (a password takes a moment on purpose), and neither of them
for what lasts: long polls, readiness checks and exports.
"""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass

import structlog

from idp.front.limits import QUEUE_SECONDS
from idp.front.walking import Stop, Walk, in_a_task

log = structlog.get_logger(__name__)
Work = Callable[[], None]
Task = tuple[Work, Work, float, Work]
"""What to do, what to do if it has waited for too long, from when on; and what comes afterwards."""
LOOK_EVERY = 0.01
"""Seconds."""


class Pool:
    """Runs work in `threads` threads; up to `waiting` more may wait.

    `afterwards` is called in the thread after each piece of work.
    """

    def __init__(
        self, name: str, threads: int, waiting: int, *, afterwards: Work = lambda: None
    ) -> None:
        self.name, self.threads, self.most = name, threads, threads + waiting
        self.afterwards = afterwards
        self.taken, self._waited_for = 0, 0
        self._counting = threading.Lock()
        self._queue: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._finished: deque[asyncio.Future[None]] = deque()
        self._looks = False

    def start(self) -> None:
        """Start the threads, in the process that uses them."""
        for number in range(self.threads):
            threading.Thread(target=self._run, name=f"{self.name}-{number}", daemon=True).start()

    def take_place(self) -> bool:
        """Take a thread or a place in the queue, for `run`; False when there is none."""
        with self._counting:
            if self.taken >= self.most:
                return False
            self.taken += 1
            return True

    async def run(self, work: Work, *, too_late: Work) -> None:
        """Wait until `work` has been done in a thread, or `too_late` if it waited for too long.

        In the place that was taken for it, which is free again then. A walk goes on in that thread,
        a task in its event loop.
        """
        errand = Errand(self, work, too_late)
        if not in_a_task():
            await errand
            return
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        self._waited_for += 1
        self.send(errand, lambda: self._finished.append(done))
        if not self._looks:
            self._looks = True
            loop.call_later(LOOK_EVERY, self._look, loop)
        await done

    def send(self, errand: "Errand", afterwards: Work) -> None:
        """Have it done in a thread, and call `afterwards` there."""
        deadline = time.monotonic() + QUEUE_SECONDS
        self._queue.put((errand.work, errand.too_late, deadline, afterwards))

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """End the waits of tasks for what is done.

        The answer has left by then: waking the loop for each would cost more than it is worth.
        """
        while self._finished:
            done = self._finished.popleft()
            self._waited_for -= 1
            if not done.done():
                done.set_result(None)
        self._looks = self._waited_for > 0
        if self._looks:
            loop.call_later(LOOK_EVERY, self._look, loop)

    def _run(self) -> None:
        while True:
            work, too_late, deadline, afterwards = self._queue.get()
            for each in (work if time.monotonic() <= deadline else too_late, self.afterwards):
                self._try(each)
            with self._counting:
                self.taken -= 1
            self._try(afterwards)
            del work, too_late, afterwards, each

    def _try(self, work: Work) -> None:
        try:
            work()
        except BaseException:
            # Whatever it is, the next request needs this thread.
            log.exception("request_failed")


@dataclass(frozen=True, slots=True)
class Errand:
    """What a walk waits for while a thread works."""

    pool: Pool
    work: Work
    too_late: Work

    def __await__(self) -> Generator[Stop, None, None]:
        yield self

    def hold(self, walk: Walk) -> None:
        """Have the thread continue the walk."""
        self.pool.send(self, walk.go_on)
