"""Cross-origin requests of browser clients: every endpoint that needs no cookie answers them.

None of these endpoints looks at cookies, so an origin gains nothing that it could not get from
its own server; what is checked is that it belongs to a registered client.
"""

from django.http import HttpRequest, HttpResponse

from idp.clients.registry import allowed_origins

PREFLIGHT_AGE = "600"


def preflight(request: HttpRequest) -> HttpResponse:
    """Answer the browser's question before a cross-origin request."""
    response = allow(request, HttpResponse(status=204))
    if response.has_header("Access-Control-Allow-Origin"):
        response["Access-Control-Allow-Methods"] = "GET, POST"
        response["Access-Control-Allow-Headers"] = "Authorization, Content-Type, DPoP"
        response["Access-Control-Max-Age"] = PREFLIGHT_AGE
    return response


def allow(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let the page of a registered client read the answer."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin is None:
        return response
    response["Vary"] = "Origin"
    if origin in allowed_origins():
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = "WWW-Authenticate, DPoP-Nonce, ETag"
    return response
