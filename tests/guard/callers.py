"""Applications called in process, whatever they are written in."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx

from tests.guard.provider import RESOURCE

Caller = Callable[..., httpx.Response]
T = TypeVar("T")


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a thread of its own: in this one, a browser's event loop may run."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def caller_of_asgi(app: Any) -> Caller:
    def call(address: str, **headers: str) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url=RESOURCE) as http:
                return await http.get(address, headers=headers)

        return run_apart(send())

    return call


def caller_of_wsgi(app: Any) -> Caller:
    http = httpx.Client(transport=httpx.WSGITransport(app=app), base_url=RESOURCE)

    def call(address: str, **headers: str) -> httpx.Response:
        return http.get(address, headers=headers)

    return call


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
