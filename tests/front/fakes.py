"""What granian would hand over, made by hand."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

STILL: Any = SimpleNamespace(call_later=lambda *_: None)
"""An event loop in which no time passes."""


class Headers(dict[str, str]):
    """Headers of one value each; `items` may give more."""

    def get_all(self, name: str) -> list[str]:
        return [self[name]] if name in self else []


class Scope:
    """A request as granian says it."""

    def __init__(self, method: str = "GET", path: str = "/", **headers: str) -> None:
        self.proto, self.method, self.path, self.query_string = "http", method, path, ""
        self.http_version, self.scheme = "1.1", "http"
        self.client, self.server = "203.0.113.7:4711", "127.0.0.1:8000"
        self.headers = Headers({name.replace("_", "-"): text for name, text in headers.items()})


class Protocol:
    """Gives the pieces of a body, then ends, breaks off or goes on for ever; keeps the answer."""

    def __init__(self, *pieces: bytes, end: str = "whole") -> None:
        self.pieces, self.end = pieces, end
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.files: list[bytes] = []

    async def __call__(self) -> bytes:
        if self.end == "never":
            await asyncio.Event().wait()
        if self.end == "broken":
            raise RuntimeError("RSGI transport is closed")
        return b"".join(self.pieces)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece
        if self.end == "never":
            await asyncio.Event().wait()
        yield b""
        if self.end == "broken":
            yield b""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answers.append((status, dict(headers), body))

    def response_str(self, status: int, headers: list[tuple[str, str]], body: str) -> None:
        self.response_bytes(status, headers, body.encode())

    def response_file(self, status: int, headers: list[tuple[str, str]], file: str) -> None:
        from pathlib import Path

        self.response_bytes(status, headers, Path(file).read_bytes())


def run(coroutine: Any) -> Any:
    """Run it in a thread: the one of the tests may have the loop of a browser in it."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(asyncio.wait_for(coroutine, 20))).result()
