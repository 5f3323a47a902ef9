"""Connections with a budget: to an address that was looked at, for so long, for so many bytes."""

import queue
import socket
import threading
import time
from collections.abc import Iterable, Sequence
from ssl import SSLContext
from typing import Any

import httpcore

from foundation.base.outgoing.addresses import Network, is_public
from foundation.base.outgoing.errors import NoAnswerError, UnsafeTargetError


class Budget:
    """What is left of the time and of the bytes that one call may take."""

    def __init__(self, seconds: float, octets: int) -> None:
        self._ends_at = time.monotonic() + seconds
        self._octets = octets

    def left(self) -> float:
        """Return the seconds that are left; raises `NoAnswerError` when there are none."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise NoAnswerError("The time is up.")
        return left

    def take(self, octets: int) -> None:
        """Note that so many bytes have come; raises `NoAnswerError` when they are too many."""
        self._octets -= octets
        if self._octets < 0:
            raise NoAnswerError("The answer is too large.")


class Stream(httpcore.NetworkStream):
    """A stream that spends a budget."""

    def __init__(self, stream: httpcore.NetworkStream, budget: Budget) -> None:
        self._stream, self._budget = stream, budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there, within the budget."""
        data = self._stream.read(max_bytes, self._budget.left())
        self._budget.take(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it, also to somebody who takes it byte by byte, within the budget."""
        channel, rest = self._stream.get_extra_info("socket"), memoryview(buffer)
        while rest:
            channel.settimeout(self._budget.left())
            rest = rest[channel.send(rest) :]

    def close(self) -> None:
        """Close it."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Shake hands, within the budget."""
        left = self._budget.left()
        return Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._budget)

    def get_extra_info(self, info: str) -> Any:
        """Return what the stream beneath tells."""
        return self._stream.get_extra_info(info)


class Backend(httpcore.NetworkBackend):
    """Looks a name up once and connects to what it found, if all of it is public."""

    def __init__(self, budget: Budget, *, anywhere: bool, allowed: Sequence[Network]) -> None:
        self._budget, self._anywhere, self._allowed = budget, anywhere, allowed
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect; raises `UnsafeTargetError` when one of the name's addresses is not public."""
        found = _look_up(host, port, self._budget.left())
        if not self._anywhere and not all(is_public(each, self._allowed) for each in found):
            raise UnsafeTargetError("The address lies inside a private network.")
        stream = self._sockets.connect_tcp(found[0], port, self._budget.left())
        return Stream(stream, self._budget)


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """Return a name's addresses; raises `NoAnswerError`. The resolver itself knows no deadline."""
    answers: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            answers.put(error)
        else:
            answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))

    threading.Thread(target=ask, daemon=True, name="look-up").start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise NoAnswerError("The name could not be looked up in time.") from None
    if isinstance(answer, list) and answer:
        return answer
    raise NoAnswerError("The name is unknown.")
