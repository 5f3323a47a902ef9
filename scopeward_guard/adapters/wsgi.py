"""WSGI: a middleware that lets through what the table of operations permits."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from scopeward_guard._challenges.challenge import HttpAnswer
from scopeward_guard._challenges.request import PresentedRequest, presented
from scopeward_guard._guard.guard import Guard
from scopeward_guard._guard.protection import Protection
from scopeward_guard._guard.routes import Routes

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PRINCIPAL = "scopeward.principal"
"""Where the application finds the `Principal` in its environ; None at public operations."""


class WsgiMiddleware:
    """Protects a WSGI application."""

    def __init__(
        self, app: "WSGIApplication", *, guard: Guard, routes: Routes, policy: bool = False
    ) -> None:
        self._app, self._guard = app, guard
        self._protection = Protection(guard, routes, policy=policy)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Decide, then call the application or answer."""
        decided = self._guard.carry_out(self._protection.decide(presented_environ(environ)))
        if isinstance(decided, HttpAnswer):
            return send_answer(decided, start_response)
        environ[PRINCIPAL] = decided.principal
        return self._app(environ, start_response)


def presented_environ(environ: "WSGIEnvironment") -> PresentedRequest:
    """Return the request of an environ.

    WSGI has decoded the path already (PEP 3333), and the application sees no other. Encoded again
    it is read by the same rules; a percent sign that was left in it is refused there.
    """
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return presented(
        environ["REQUEST_METHOD"],
        quote(path.encode("latin-1")),
        environ.get("QUERY_STRING", ""),
        _headers(environ),
        address=environ.get("REMOTE_ADDR", ""),
    )


def _headers(environ: "WSGIEnvironment") -> Iterator[tuple[str, str]]:
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            yield name[5:].replace("_", "-"), value


def send_answer(answer: HttpAnswer, start_response: "StartResponse") -> list[bytes]:
    """Send an answer."""
    status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
    start_response(status, list(answer.headers))
    return [answer.body]
