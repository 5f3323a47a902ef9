"""What a call costs in function calls: the same on every machine, however busy it is.

Also a plugin: tests that count use the fixture `still`.
"""

import gc
import logging
import statistics
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from types import FrameType
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import DEFAULT_DB_ALIAS, connections
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from foundation.base.configuration import epoch

ROUNDS = 5
STILL = 3601.0
"""Seconds between two looks at the epoch while statements are counted; no test sets just that."""
COUNTED = frozenset({"call", "c_call"})
"""Functions of Python and of C, as profilers count them."""


class PageAnswer(NamedTuple):
    """What came back: the number of the status, the headers as they were sent, the body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """Return a header's value; empty: it was not sent."""
        return next((value for sent, value in self.headers if sent.lower() == name.lower()), "")


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let nothing happen but the request.

    No second passes at which the epoch is looked at, `visit` keeps the test's database, and the
    access log is off: what pytest makes of its lines is nobody's cost.
    """
    monkeypatch.setattr("foundation.base.configuration.epoch.CHECK_INTERVAL", 3600.0)
    monkeypatch.setattr(connections[DEFAULT_DB_ALIAS], "close_if_unusable_or_obsolete", _never)
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="session", autouse=True)
def no_second_passes_where_statements_are_counted() -> Iterator[None]:
    """Have no look at the epoch among the statements that are counted only for the time it is.

    Once a second there is one: on a busy machine it would fall between any two statements.
    """
    patch = pytest.MonkeyPatch()
    begin, end = CaptureQueriesContext.__enter__, CaptureQueriesContext.__exit__
    usual = epoch.CHECK_INTERVAL

    def without_seconds(counted: CaptureQueriesContext) -> CaptureQueriesContext:
        if usual == epoch.CHECK_INTERVAL:
            epoch.CHECK_INTERVAL = STILL
        return begin(counted)

    def with_seconds(counted: CaptureQueriesContext, *error: Any) -> None:
        end(counted, *error)
        if epoch.CHECK_INTERVAL == STILL:
            epoch.CHECK_INTERVAL = usual

    patch.setattr(CaptureQueriesContext, "__enter__", without_seconds)
    patch.setattr(CaptureQueriesContext, "__exit__", with_seconds)
    yield
    patch.undo()


def _never() -> None:
    """The test's connection ends with the test."""


def calls_of(function: Callable[[], object], *, rounds: int = ROUNDS) -> int:
    """Return how many functions a call enters, the median of some rounds after one to get warm.

    Generators count each time they go on. In tests it needs the fixture `still`.
    """
    function()
    return int(statistics.median(_counted(function) for _ in range(rounds)))


def _counted(function: Callable[[], object]) -> int:
    count = 0

    def note(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in COUNTED

    before = sys.getprofile()
    gc.collect()
    gc.disable()  # what is thrown away may call something when it goes
    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(before)
        gc.enable()
    return count


def statements(asked: CaptureQueriesContext) -> list[str]:
    """Return what was asked of the database, transactions aside."""
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [query["sql"] for query in asked if not query["sql"].startswith(control)]


def visit(
    path: str, query: dict[str, Any] | None = None, browser: Browser | None = None
) -> Callable[[], PageAnswer]:
    """Return what sends a GET request through Django's handler, with the cookies of a browser.

    The request is put together once and the browser learns of no answer: what is measured is the
    application alone. Any status is returned.
    """
    cookies = browser.cookies.values() if browser else ()
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": urlencode(query or {}, doseq=True),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost:8000",
        "HTTP_COOKIE": "; ".join(f"{cookie.key}={cookie.value}" for cookie in cookies),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
    }
    handler = WSGIHandler()

    def send() -> PageAnswer:
        seen: list[Any] = []
        chunks = handler(
            {**environ, "wsgi.input": BytesIO()},
            lambda status, headers, _error=None: seen.extend([int(status[:3]), headers]),
        )
        body = b"".join(chunks)
        chunks.close()
        return PageAnswer(seen[0], seen[1], body)

    return send
