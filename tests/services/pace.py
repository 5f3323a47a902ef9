"""The pytest plugin that keeps the suite quick without changing what a test meets."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest


def pytest_collection_finish() -> None:
    """Thousands of collected tests live to the end: no use in looking at them for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def static_files_listed_once() -> Iterator[None]:
    """Let WhiteNoise list the static files once per process, as a deployed provider does.

    Django's test client makes its middleware anew for each browser, and listing took a quarter of
    the time of all tests that have one.
    """
    # A plugin is imported before Django is ready.
    from whitenoise.middleware import WhiteNoiseMiddleware

    listed: dict[str, dict[str, Any]] = {}
    add_files = WhiteNoiseMiddleware.add_files_from_finders

    def add_files_once(middleware: WhiteNoiseMiddleware) -> None:
        if middleware.static_prefix not in listed:
            add_files(middleware)
            listed[middleware.static_prefix] = dict(middleware.files)
        middleware.files.update(listed[middleware.static_prefix])

    patch = pytest.MonkeyPatch()
    patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_files_once)
    yield
    patch.undo()
