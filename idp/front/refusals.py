"""Answers to requests that get no further than here."""

import json
from dataclasses import dataclass
from typing import Any

import structlog

from idp.front.limits import BODY_SECONDS, RETRY_AFTER
from idp.web.machine_endpoints import machine_endpoint
from idp.web.request_ids import request_id_of

log = structlog.get_logger("idp.web.access_log")


@dataclass(frozen=True)
class FrontRefusal:
    """Why a request is not looked at: its status, the OAuth error for programs, a sentence."""

    status: int
    error: str
    sentence: str


class FrontRefusedError(Exception):
    """A request that is answered with a `FrontRefusal`."""

    def __init__(self, refusal: FrontRefusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal


URI_TOO_LONG = FrontRefusal(414, "invalid_request", "The address of the request is too long.")
TOO_LARGE = FrontRefusal(413, "invalid_request", "The request is too large.")
INCOMPLETE = FrontRefusal(400, "invalid_request", "The request did not arrive whole.")
TOO_SLOW = FrontRefusal(
    408, "invalid_request", f"The request did not arrive within {BODY_SECONDS:.0f} seconds."
)
BUSY = FrontRefusal(
    503, "temporarily_unavailable", "Too many requests wait. Try again in a moment."
)
FAILED = FrontRefusal(500, "server_error", "Unexpected failure.")


def refuse(refusal: FrontRefusal, scope: Any, protocol: Any) -> None:
    """Answer programs in JSON and people in words, and log it like any other answer."""
    request_id = request_id_of(scope.headers.get("x-request-id") or "")
    headers = [
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Request-ID", request_id),
    ]
    if refusal.status == BUSY.status:
        headers.append(("Retry-After", str(RETRY_AFTER)))
    if machine_endpoint(scope.path):
        text = json.dumps({"error": refusal.error, "error_description": refusal.sentence})
        headers.append(("Content-Type", "application/json"))
    else:
        text = refusal.sentence
        headers.append(("Content-Type", "text/plain; charset=utf-8"))
    protocol.response_str(refusal.status, headers, text)
    log.info(
        "request",
        method=scope.method,
        path=scope.path,
        status=refusal.status,
        request_id=request_id,
    )
