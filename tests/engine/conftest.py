"""The parties as fixtures, on whichever database runs, and many threads at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tests.engine.setting import Setting, write_setting


@pytest.fixture
def make_setting() -> Callable[..., Setting]:
    """Return a function that writes the parties; usable in transactional tests too."""
    return write_setting


@pytest.fixture
def setting(db: None, make_setting: Callable[..., Setting]) -> Setting:
    """The parties, in a test that is rolled back."""
    return make_setting()


@pytest.fixture
def committed(transactional_db: None, make_setting: Callable[..., Setting]) -> Setting:
    """The parties, committed, for tests with several connections."""
    return make_setting()


def at_once(call: Callable[[], Any], *, times: int = 50) -> list[Any]:
    """Make the same call from many threads at once, each with a connection of its own."""
    start = Barrier(times)

    def run(_: int) -> Any:
        connection.ensure_connection()
        start.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=times) as pool:
        return list(pool.map(run, range(times)))
