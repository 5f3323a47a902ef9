"""From the engine's answers to Django's responses."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import View

from idp.errors import OAuthError

EngineAnswer = tuple[str | None, dict[str, str], str, int]


class ProgramEndpoint(View):
    """Put before a view of the engine: only the method decides what happens.

    The engine's decorators are about pages (CSRF, sign-in), and its introspection view has its own
    idea of who may ask. Nothing of that concerns endpoints without cookies.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Call the method's handler."""
        return View.dispatch(self, request, *args, **kwargs)


def refuse(error: OAuthError, *, status: int | None = None) -> HttpResponse:
    """Return an error in JSON (RFC 6749 §5.2), with a status of its own where that is specified."""
    return HttpResponse(error.json, status=status or error.status_code, headers=error.headers)


def from_engine(answer: EngineAnswer) -> HttpResponse:
    """Return a response that no cache keeps (RFC 6749 §5.1)."""
    _, headers, body, status = answer
    response = kept_by_nobody(body, status)
    for name, value in headers.items():
        response.setdefault(name, value)
    return response


def kept_by_nobody(text: str, status: int = 200) -> HttpResponse:
    """Return JSON that no cache keeps; made of bytes and few headers, which is half the work."""
    response = HttpResponse(text.encode(), content_type="application/json", status=status)
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response
