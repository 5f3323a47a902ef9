"""Behind a proxy: the client's address is the one that the proxy saw."""

import re
from collections.abc import Callable
from contextlib import suppress

from django.http import HttpRequest, HttpResponse

from scopeward_guard.vocabulary import parse_address

PEER = re.compile(r"([0-9.]{7,15}):[0-9]{1,5}|\[([0-9A-Fa-f:.]{2,45})\](?::[0-9]{1,5})?")


class ClientAddress:
    """Replace the proxy's address by the client's, for rate limits and the approval history.

    Only the last entry of `X-Forwarded-For` counts: our proxy wrote it. What stands before it
    came from the client.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set `REMOTE_ADDR`, unless the proxy sent nothing usable."""
        address = without_port(request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2])
        with suppress(ValueError):
            request.META["REMOTE_ADDR"] = str(parse_address(address))
        return self.get_response(request)


def without_port(peer: str) -> str:
    """Return the address of a peer as proxies write it: bare, `192.0.2.1:80` or `[2001:db8::1]:80`.

    RFC 7239 §6 has these forms for `Forwarded`; the older header is filled in the same way.
    """
    peer = peer.strip()
    match = PEER.fullmatch(peer)
    return next(filter(None, match.groups()), peer) if match else peer
