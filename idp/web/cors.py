"""Cross-origin requests of browser clients: every endpoint that needs no cookie answers them.

None of these endpoints looks at cookies, so an origin gains nothing that it could not get from
its own server; what is checked is that it belongs to a registered client.
"""

import re
from collections.abc import Collection

from django.http import HttpRequest, HttpResponse

from foundation.directory.registry import allowed_origins

PREFLIGHT_AGE = "600"
NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
"""A header's name, less the signs that no header has."""
LONGEST_LIST = 1_000
"""Characters."""


def preflight(request: HttpRequest) -> HttpResponse:
    """Answer the browser's question before a cross-origin request."""
    response = allow(request, HttpResponse(status=204))
    if response.has_header("Access-Control-Allow-Origin"):
        response["Access-Control-Allow-Methods"] = "GET, POST"
        response["Access-Control-Allow-Headers"] = _headers(request)
        response["Access-Control-Max-Age"] = PREFLIGHT_AGE
    return response


def _headers(request: HttpRequest) -> str:
    """Return what the page may send: besides what we read, whatever its libraries add.

    A header that we do not know means nothing here, so there is no reason to refuse the request.
    """
    asked = request.headers.get("Access-Control-Request-Headers", "")[:LONGEST_LIST]
    harmless = [name for part in asked.split(",") if NAME.fullmatch(name := part.strip())]
    return ", ".join(["Authorization", "Content-Type", "DPoP", *harmless])


def allow(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let the page of a registered client read the answer."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin is not None:
        for name, value in headers_for(origin, allowed_origins()).items():
            response[name] = value
    return response


def headers_for(origin: str, allowed: Collection[str]) -> dict[str, str]:
    """Return the headers of an answer to a page of this origin."""
    if origin not in allowed:
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "WWW-Authenticate, DPoP-Nonce, ETag",
    }
