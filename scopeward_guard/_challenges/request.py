"""A request as far as access is concerned, the same for every framework."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from scopeward_guard._challenges.challenge import request_invalid, token_missing
from scopeward_guard._challenges.refused import RefusedError

MAX_BODY_BYTES = 128 * 1024
"""Of a request that is read here; a statement with its parameters has room in it."""

_TOKEN = re.compile(r"(bearer|dpop) +([A-Za-z0-9\-._~+/]+=*)", re.IGNORECASE)
_TOKEN_IN_QUERY = re.compile(r"(?:^|&)access_token=")
_OTHER_SCHEME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+ .*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PresentedRequest:
    """Method, path as it was sent, query string, and headers with names in lower case.

    `address` is the caller's, "" where it is not known. Behind a proxy it is the server in front
    of the application that has to know which header to believe.
    """

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    address: str = ""

    def header(self, name: str) -> list[str]:
        """Return every value of a header."""
        return [value for key, value in self.headers if key == name]


def presented(
    method: str,
    path: str,
    query: str,
    headers: Iterable[tuple[str, str]],
    *,
    address: str = "",
) -> PresentedRequest:
    """Return the request, header names in lower case."""
    lowered = tuple((name.lower(), value) for name, value in headers)
    return PresentedRequest(method, path, query, lowered, address)


def token_and_scheme(request: PresentedRequest) -> tuple[str, str]:
    """Return the one token of the `Authorization` header, and its scheme: `bearer` or `dpop`.

    RFC 6750 §2.1, RFC 9449 §7.1.

    Raises `RefusedError`: 401 when there is none, 400 when it is ambiguous or elsewhere. A token
    in the query string ends in logs and histories (RFC 9700 §4.3.2), so it is refused even when
    the header has one too.
    """
    if _TOKEN_IN_QUERY.search(request.query):
        raise RefusedError(request_invalid("Send the access token in the Authorization header."))
    values = request.header("authorization")
    if len(values) > 1:
        raise RefusedError(request_invalid("Send one Authorization header."))
    if not values:
        raise RefusedError(token_missing())
    match = _TOKEN.fullmatch(values[0].strip(" \t"))
    if match:
        return match.group(2), match.group(1).lower()
    if _OTHER_SCHEME.fullmatch(values[0]) and not values[0].lower().startswith(("bearer", "dpop")):
        raise RefusedError(token_missing())
    raise RefusedError(request_invalid("The Authorization header cannot be read."))
