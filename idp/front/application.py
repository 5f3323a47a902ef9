"""The application that granian calls (RSGI): whole requests in, answers out."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from idp.front import refusals
from idp.front.answering import FrontAnswer, answer, send_file
from idp.front.at_once import AtOnce
from idp.front.bodies import Bodies, ClosedError
from idp.front.environ import environ_of
from idp.front.kinds import LASTING
from idp.front.limits import FILE_SECONDS, LONGEST_PATH, LONGEST_QUERY, LOOK_EVERY
from idp.front.pools import Pool
from idp.front.refusals import FrontRefusedError, refuse
from idp.front.walking import to_the_loop
from idp.web.machines.site import Site


class Front:
    """Reads each request where it comes and has `site` answer it in a thread of a pool.

    `pool_of` names the pool for a path and the headers. Requests that are too long, too slow or
    too many are answered here, and so is what needs no thread (`at_once`).
    """

    def __init__(
        self,
        site: Site,
        *,
        pools: dict[str, Pool],
        pool_of: Callable[[str, Any], str],
        bodies: Bodies,
        at_start: Callable[[], None] = lambda: None,
    ) -> None:
        self.site, self.pools, self.pool_of = site, pools, pool_of
        self.bodies, self.at_start = bodies, at_start
        self.at_once = AtOnce(site.machines)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the threads, in the process that answers."""
        self.at_start()
        for pool in self.pools.values():
            pool.start()
        self.bodies.arrivals.look_every(LOOK_EVERY, loop)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        if scope.proto != "http":
            protocol.close(403)
            return
        if self.at_once.answer(scope, protocol):
            return
        try:
            await self._answer(scope, protocol)
        except FrontRefusedError as error:
            refuse(error.refusal, scope, protocol)
        except ClosedError:
            return

    async def _answer(self, scope: Any, protocol: Any) -> None:
        if len(scope.path) > LONGEST_PATH or len(scope.query_string) > LONGEST_QUERY:
            raise FrontRefusedError(refusals.URI_TOO_LONG)
        body = await self.bodies.read(scope, protocol)
        try:
            pool = self.pools[self.pool_of(scope.path, scope.headers)]
            long: list[FrontAnswer] = []

            def work() -> None:
                made = answer(self.site, environ_of(scope, body), protocol)
                if made is not None:
                    long.append(made)

            await self._run(pool, work, scope, protocol)
        finally:
            self.bodies.release(body)
        if long:
            await self._send_long(long[0], scope, protocol)

    async def _run(self, pool: Pool, work: Callable[[], None], scope: Any, protocol: Any) -> None:
        if not pool.take_place():
            raise FrontRefusedError(refusals.BUSY)
        await pool.run(work, too_late=lambda: refuse(refusals.BUSY, scope, protocol))

    async def _send_long(self, made: FrontAnswer, scope: Any, protocol: Any) -> None:
        """Send an answer that takes its time, where nobody waits for it."""
        files: list[Any] = []
        await to_the_loop()
        try:
            pool = self.pools[LASTING]
            await self._run(pool, lambda: files.append(send_file(made, protocol)), scope, protocol)
        except FrontRefusedError:
            made.close()
            raise
        for file in files:
            asyncio.get_running_loop().call_later(FILE_SECONDS, _close, file)


def _close(file: Any) -> None:
    with suppress(OSError):
        file.close()
