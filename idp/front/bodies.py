"""Bodies, read to their end or refused: in time, of bounded size, never half of one."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from idp.front import refusals
from idp.front.limits import BODIES, BODY_SECONDS, SMALL_BODY
from idp.front.refusals import FrontRefusedError
from idp.front.walking import Arrivals, in_a_task, to_the_loop


class ClosedError(Exception):
    """The client has gone."""


class Bodies:
    """Reads bodies of up to `longest` bytes; counts what the larger ones hold together.

    What counts is read and released in one event loop, which is why counting needs no lock.
    """

    def __init__(self, longest: int, *, seconds: float = BODY_SECONDS, most: int = BODIES) -> None:
        self.longest, self.seconds, self.most = longest, seconds, most
        self.held = 0
        self.arrivals = Arrivals()

    async def read(self, scope: Any, protocol: Any) -> bytes:
        """Return the body, empty without one. Raise `FrontRefusedError`, or `ClosedError`.

        What is larger than `SMALL_BODY` counts until `release`.
        """
        said = scope.headers.get("content-length")
        if said is None and "transfer-encoding" not in scope.headers:
            return b""
        length = int(said) if said is not None and said.isdecimal() else None
        if length is not None and length > self.longest:
            raise FrontRefusedError(refusals.TOO_LARGE)
        is_small = length is not None and length <= SMALL_BODY
        try:
            if is_small and not in_a_task():
                return await _whole(protocol, partial(self.arrivals.within, self.seconds))
            await to_the_loop()
            async with asyncio.timeout(self.seconds):
                return await (_whole(protocol) if is_small else self._counted(protocol, length))
        except TimeoutError:
            raise FrontRefusedError(refusals.TOO_SLOW) from None

    def release(self, body: bytes) -> None:
        """Count a body no longer."""
        if len(body) > SMALL_BODY:
            self.held -= len(body)

    async def _counted(self, protocol: Any, length: int | None) -> bytes:
        body, ends = bytearray(), 0
        try:
            async for piece in protocol:
                # An empty piece is the end. What broke off, or has trailers, ends twice.
                ends += not piece
                body += piece
                self.held += len(piece)
                self._check_size(body)
            if ends > 1 or length not in {None, len(body)}:
                raise FrontRefusedError(refusals.INCOMPLETE)  # noqa: TRY301 - what is held is counted
        except BaseException:
            self.held -= len(body)
            raise
        if len(body) <= SMALL_BODY:
            self.held -= len(body)
        return bytes(body)

    def _check_size(self, body: bytearray) -> None:
        if len(body) > self.longest:
            raise FrontRefusedError(refusals.TOO_LARGE)
        if len(body) > SMALL_BODY and self.held > self.most:
            raise FrontRefusedError(refusals.BUSY)


async def _whole(protocol: Any, waiting: Callable[[Any], Any] = lambda future: future) -> bytes:
    try:
        body: bytes = await waiting(protocol())
    except RuntimeError as error:  # granian's ProtocolClosed
        raise ClosedError from error
    return body
