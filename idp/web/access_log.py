"""The access log: one line for each request, with nothing of what was sent."""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

log = structlog.get_logger(__name__)
PROBES = {"/livez", "/readyz"}


class AccessLog:
    """Log method, path, status and duration. Goes right after `RequestId`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then log."""
        started = time.perf_counter()
        response = self.get_response(request)
        if request.path_info not in PROBES:
            log.info(
                "request",
                method=request.method,
                path=_path(request),
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000, 1),
            )
        return response


def _path(request: HttpRequest) -> str:
    """Return the route: some paths hold keys that were mailed (password reset)."""
    match = request.resolver_match
    return f"/{match.route}" if match else request.path_info
