"""ASGI: a middleware that lets through what the table of operations permits."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from scopeward_guard.challenge import Answer, request_invalid
from scopeward_guard.errors import RefusedError
from scopeward_guard.guard import Guard
from scopeward_guard.http import Routes, normalised_path
from scopeward_guard.protection import Admitted, Protection
from scopeward_guard.request import PresentedRequest, presented

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

PRINCIPAL = "scopeward.principal"
"""Where the application finds the `Principal` in its scope; None at public operations."""


class GuardMiddleware:
    """Protects an ASGI application. WebSockets are refused: they outlive the decision."""

    def __init__(self, app: App, *, guard: Guard, routes: Routes, policy: bool = False) -> None:
        self._app, self._guard = app, guard
        self._protection = Protection(guard, routes, policy=policy)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Decide, then call the application or answer."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        # A key or a revocation list may have to be fetched, and nobody else should wait for that.
        decided = await asyncio.to_thread(self._decide, scope)
        if isinstance(decided, Answer):
            return await send_answer(decided, send)
        return await self._app({**scope, PRINCIPAL: decided.principal}, receive, send)

    def _decide(self, scope: Message) -> Admitted | Answer:
        try:
            return self._protection.decide(presented_scope(scope))
        except RefusedError as error:
            return self._guard.answer(error.challenge)


def presented_scope(scope: Message) -> PresentedRequest:
    """Return the request of an HTTP scope; raises `RefusedError`.

    The application routes on `path`, we decide on `raw_path`: they must say the same.
    """
    raw = scope.get("raw_path") or quote(scope["path"]).encode()
    path = raw.decode("latin-1")
    if normalised_path(path) != scope["path"]:
        raise RefusedError(request_invalid("The path of the request is ambiguous."))
    headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]]
    query, client = scope["query_string"].decode("latin-1"), scope.get("client")
    return presented(scope["method"], path, query, headers, address=client[0] if client else "")


async def send_answer(answer: Answer, send: Send) -> None:
    """Send an answer as ASGI messages."""
    headers = [(k.lower().encode(), v.encode("latin-1")) for k, v in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
