"""ASGI: a middleware that lets through what the table of operations permits."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeVar
from urllib.parse import quote

from scopeward_guard._challenges.challenge import HttpAnswer, request_invalid
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard._challenges.request import PresentedRequest, presented
from scopeward_guard._guard.async_guard import AsyncGuard
from scopeward_guard._guard.guard import Guard
from scopeward_guard._guard.protection import Protection
from scopeward_guard._guard.routes import Routes, normalised_path
from scopeward_guard._provider.steps import Steps

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
AnyGuard = Guard | AsyncGuard
T = TypeVar("T")

PRINCIPAL = "scopeward.principal"
"""Where the application finds the `Principal` in its scope; None at public operations."""


class AsgiMiddleware:
    """Protects an ASGI application. WebSockets are refused: they outlive the decision.

    An `AsyncGuard` is awaited, a `Guard` asked in a thread.
    """

    def __init__(self, app: App, *, guard: AnyGuard, routes: Routes, policy: bool = False) -> None:
        self._app, self._guard = app, guard
        self._protection = Protection(guard, routes, policy=policy)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Decide, then call the application or answer."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        try:
            decided = await settled(self._guard, self._protection.decide(presented_scope(scope)))
        except RefusedError as error:
            decided = self._guard.answer(error.challenge)
        if isinstance(decided, HttpAnswer):
            return await send_answer(decided, send)
        return await self._app({**scope, PRINCIPAL: decided.principal}, receive, send)


async def settled(guard: AnyGuard, steps: Steps[T]) -> T:
    """Return what the steps come to; nobody else waits for a key or a list that is fetched."""
    if isinstance(guard, AsyncGuard):
        return await guard.carry_out(steps)
    return await asyncio.to_thread(guard.carry_out, steps)


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


async def send_answer(answer: HttpAnswer, send: Send) -> None:
    """Send an answer as ASGI messages."""
    headers = [(k.lower().encode(), v.encode("latin-1")) for k, v in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
