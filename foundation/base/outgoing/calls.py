"""One call: a request, one answer, no redirect followed, no proxy asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ssl import SSLContext
from urllib.parse import SplitResult, urlsplit

import httpcore
import httpx

from foundation.base.outgoing.addresses import Network
from foundation.base.outgoing.errors import NoAnswerError, UnsafeTargetError
from foundation.base.outgoing.network import Backend, Budget
from foundation.base.outgoing.resting import breaker

DEADLINE = 5.0
"""Seconds for all of it: name, connection, TLS, request, answer."""
HEAD = 32 * 1024
"""Bytes for TLS, status line and headers."""


@dataclass(frozen=True, slots=True)
class OutgoingReach:
    """Where calls may go from here, and whose certificates are believed there."""

    anywhere: bool = False
    """Also to private networks, and without TLS: in development."""
    networks: tuple[Network, ...] = ()
    """Private networks in which receivers of the operator's own are."""
    ca_file: str = ""
    """Certificates (PEM) that are believed besides the public ones."""


@dataclass(frozen=True, slots=True)
class Call:
    """What is sent, and how much of an answer is wanted."""

    url: str
    method: str = "POST"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    largest_answer: int = 0
    """Bytes; 0: the status is enough, the rest is not read."""


@dataclass(frozen=True, slots=True)
class OutgoingAnswer:
    """What came back."""

    status: int
    body: bytes = b""


def call(what: Call, reach: OutgoingReach) -> OutgoingAnswer:
    """Send it and return the answer, whatever its status.

    Raises `UnsafeTargetError` for what is not called from here, `RestingError` for an endpoint
    that did not answer lately, `NoAnswerError` when nobody answers within the deadline.
    """
    _refuse_unsafe(what.url, reach)
    with breaker.guarding(what.url):
        try:
            return _exchange(what, reach)
        except ERRORS as error:
            raise NoAnswerError(type(error).__name__) from error


ERRORS = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    OSError,
)


def _exchange(what: Call, reach: OutgoingReach) -> OutgoingAnswer:
    budget = Budget(DEADLINE, HEAD + what.largest_answer)
    backend = Backend(budget, anywhere=reach.anywhere, allowed=reach.networks)
    with (
        httpcore.ConnectionPool(
            ssl_context=_certificates(reach.ca_file), network_backend=backend, max_connections=1
        ) as pool,
        pool.stream(
            what.method, what.url, headers=_headers(what), content=what.body or None
        ) as response,
    ):
        body = b"".join(response.iter_stream()) if what.largest_answer else b""
        if len(body) > what.largest_answer:
            raise NoAnswerError("The answer is too large.")
        return OutgoingAnswer(response.status, body)


def _headers(what: Call) -> list[tuple[str, str]]:
    given = [("Host", urlsplit(what.url).netloc), *what.headers.items(), ("Connection", "close")]
    return [*given, ("Content-Length", str(len(what.body)))] if what.body else given


def _refuse_unsafe(url: str, reach: OutgoingReach) -> None:
    """Raise `UnsafeTargetError` for what can be told from the address alone."""
    parts = _split(url)
    if parts.scheme != "https" and not (reach.anywhere and parts.scheme == "http"):
        raise UnsafeTargetError("Only https is called from here.")
    if not parts.hostname or parts.username is not None or not url.isascii():
        raise UnsafeTargetError("This is not an address that is called from here.")


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise UnsafeTargetError("This is no address.") from None
    return parts


@lru_cache
def _certificates(ca_file: str) -> SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
