"""The access log: one line for each request, with nothing of what was sent."""

import functools
import json
import logging
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from foundation.base.logs.redaction import redacted_text
from foundation.base.logs.setup import stamp
from foundation.base.logs.writer import lines

logger = logging.getLogger(__name__)
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
    if path in PROBES or not logger.isEnabledFor(logging.INFO):
        return
    ms = round((time.perf_counter() - started) * 1000, 1)
    if lines.as_json:
        lines.write(_as_json(method, path, status, request_id, ms))
    else:
        log.info("request", method=method, path=path, status=status, ms=ms, request_id=request_id)


def _as_json(method: str, path: str, status: int, request_id: str, ms: float) -> str:
    """Return the line that `log.info` would write, at a tenth of what its processors cost."""
    moment = stamp(None, "info", {})["timestamp"]
    return (
        f'{{"method": {_quoted(method)}, "path": {_quoted(path)}, "status": {status}, "ms": {ms}, '
        f'"request_id": "{request_id}", "event": "request", "level": "info", '
        f'"logger": "{__name__}", "timestamp": "{moment}"}}\n'
    )


@functools.lru_cache(maxsize=1024)
def _quoted(text: str) -> str:
    return json.dumps(redacted_text(text))


def _route(request: HttpRequest) -> str:
    """Return the route: some paths hold keys that were mailed (password reset)."""
    match = request.resolver_match
    return f"/{match.route}" if match else request.path_info
