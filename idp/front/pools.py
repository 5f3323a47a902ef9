"""Threads that work, a few of each kind, and short queues before them.

Machine endpoints do not wait for pages (a password takes a moment on purpose), and neither of them
for what lasts: long polls, readiness checks and exports.
"""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable

import structlog

from idp.front.limits import QUEUE_SECONDS

log = structlog.get_logger(__name__)
Work = Callable[[], None]
Task = tuple[Work, Work, float, asyncio.Future[None]]
LOOK_EVERY = 0.01
"""Seconds."""


class Pool:
    """Runs work in `threads` threads; up to `waiting` more may wait. Belongs to one event loop.

    `afterwards` is called in the thread after each piece of work.
    """

    def __init__(
        self, name: str, threads: int, waiting: int, *, afterwards: Work = lambda: None
    ) -> None:
        self.name, self.threads, self.most = name, threads, threads + waiting
        self.afterwards = afterwards
        self.taken = 0
        self._queue: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._finished: deque[asyncio.Future[None]] = deque()
        self._looks = False

    def start(self) -> None:
        """Start the threads, in the process that uses them."""
        for number in range(self.threads):
            threading.Thread(target=self._run, name=f"{self.name}-{number}", daemon=True).start()

    def has_room(self) -> bool:
        """Say whether there is a thread or a place in the queue."""
        return self.taken < self.most

    async def run(self, work: Work, *, too_late: Work) -> None:
        """Wait until `work` has been done in a thread, or `too_late` if it waited for too long."""
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        self.taken += 1
        self._queue.put((work, too_late, time.monotonic() + QUEUE_SECONDS, done))
        if not self._looks:
            self._looks = True
            loop.call_later(LOOK_EVERY, self._look, loop)
        await done

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """End the waits for what is done.

        The answer has left by then: waking the loop for each would cost more than it is worth.
        """
        while self._finished:
            done = self._finished.popleft()
            self.taken -= 1
            if not done.done():
                done.set_result(None)
        self._looks = self.taken > 0
        if self._looks:
            loop.call_later(LOOK_EVERY, self._look, loop)

    def _run(self) -> None:
        while True:
            work, too_late, deadline, done = self._queue.get()
            try:
                (work if time.monotonic() <= deadline else too_late)()
                self.afterwards()
            except BaseException:
                # Whatever it is, the next request needs this thread.
                log.exception("request_failed")
            self._finished.append(done)
            del work, too_late, done
