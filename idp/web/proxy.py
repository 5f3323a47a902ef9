"""Behind a proxy: the client's address is the one that the proxy saw."""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from scopeward_guard.vocabulary import parse_address

PEER = re.compile(r"([0-9.]{7,15}):[0-9]{1,5}|\[([0-9A-Fa-f:.]{2,45})\](?::[0-9]{1,5})?")


class ClientAddress:
    """Replace the proxy's address by the client's, for rate limits and the approval history.

    For pages; programs are answered by `machines.application`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set `REMOTE_ADDR`."""
        request.META["REMOTE_ADDR"] = client_address(request.META)
        return self.get_response(request)


def client_address(headers: dict[str, Any]) -> str:
    """Return the address that the proxy saw; its own when it sent nothing usable.

    `headers` are named as WSGI does. Only the last entry of `X-Forwarded-For` counts: our proxy
    wrote it. What stands before it came from the client.
    """
    address = without_port(headers.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2])
    try:
        return str(parse_address(address))
    except ValueError:
        return str(headers.get("REMOTE_ADDR", ""))


def without_port(peer: str) -> str:
    """Return the address of a peer as proxies write it: bare, `192.0.2.1:80` or `[2001:db8::1]:80`.

    RFC 7239 §6 has these forms for `Forwarded`; the older header is filled in the same way.
    """
    peer = peer.strip()
    match = PEER.fullmatch(peer)
    return next(filter(None, match.groups()), peer) if match else peer
