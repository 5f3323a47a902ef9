"""The browser that people use: one Chromium for all tests that look at pages."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium, Page, sync_playwright

from tests.services import programs


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """One Chromium for the whole run; skips where there is none, except in CI."""
    path = programs.require("chromium", package="chromium")
    # Playwright's own event loop runs in this thread, which is not where Django answers.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    """A page in a fresh browser profile, English, light, as wide as a desk's."""
    with chromium.new_context(locale="en") as context:
        yield context.new_page()
