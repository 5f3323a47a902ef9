"""The access log: one line for each request, with nothing of what was sent."""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

log = structlog.get_logger(__name__)
PROBES = {"/livez", "/readyz"}


class AccessLog:
    """Log the pages. Goes right after `RequestId`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then log."""
        started = time.perf_counter()
        response = self.get_response(request)
        request_id: str = request.request_id  # type: ignore[attr-defined]
        note(request.method or "", _route(request), response.status_code, request_id, started)
        return response


def note(method: str, path: str, status: int, request_id: str, started: float) -> None:
    """Log a request; `started` is what `time.perf_counter()` told when it came."""
    if path in PROBES:
        return
    ms = round((time.perf_counter() - started) * 1000, 1)
    log.info("request", method=method, path=path, status=status, ms=ms, request_id=request_id)


def _route(request: HttpRequest) -> str:
    """Return the route: some paths hold keys that were mailed (password reset)."""
    match = request.resolver_match
    return f"/{match.route}" if match else request.path_info
