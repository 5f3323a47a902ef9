"""Behind a proxy: the client's address is the one that the proxy saw."""

from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address

from django.http import HttpRequest, HttpResponse


class ClientAddress:
    """Replace the proxy's address by the client's, for rate limits and the approval history.

    Only the last entry of `X-Forwarded-For` counts: our proxy wrote it. What stands before it
    came from the client.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set `REMOTE_ADDR`, unless the proxy sent nothing usable."""
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        with suppress(ValueError):
            request.META["REMOTE_ADDR"] = str(ip_address(address))
        return self.get_response(request)
