"""The same conversation for programs that await: one connection pool in each event loop."""

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

import httpx

from scopeward_guard._base.errors import UnavailableError
from scopeward_guard._provider.settings import GuardSettings
from scopeward_guard._provider.steps import Post, Reply, Step, Wait
from scopeward_guard._provider.transport import (
    check_address,
    check_length,
    content_of,
    credentials,
    reply_of,
)

Loop = asyncio.AbstractEventLoop


class AsyncProvider:
    """The provider, as a resource server sees it that never blocks its event loop."""

    def __init__(self, settings: GuardSettings, http: httpx.AsyncClient | None = None) -> None:
        self._timeout, self._auth = settings.timeout, credentials(settings)
        self._given = http
        # Connections belong to the loop that opened them, and no loop outlives its process's fork.
        self._opened: WeakKeyDictionary[Loop, httpx.AsyncClient] = WeakKeyDictionary()

    async def perform(self, step: Step) -> Any:
        """Carry out a step; raises `UnavailableError` for a request that fails."""
        if isinstance(step, Wait):
            return await asyncio.to_thread(step.work)
        return await self._post(step)

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        opened = self._opened.pop(asyncio.get_running_loop(), None)
        if opened is not None:
            await opened.aclose()

    async def _post(self, post: Post) -> Reply:
        check_address(post.url)
        body = bytearray()
        request = self._http().stream("POST", post.url, auth=self._auth, **content_of(post))
        try:
            async with request as response:
                async for chunk in response.aiter_bytes():
                    body += chunk
                    check_length(body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnavailableError("the provider cannot be reached") from error
        return reply_of(response, bytes(body))

    def _http(self) -> httpx.AsyncClient:
        if self._given is not None:
            return self._given
        loop = asyncio.get_running_loop()
        if loop not in self._opened:
            self._opened[loop] = httpx.AsyncClient(timeout=self._timeout, follow_redirects=False)
        return self._opened[loop]
