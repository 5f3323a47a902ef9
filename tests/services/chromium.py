"""The browser that people use: one Chromium for all tests that look at pages."""

import os
from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser as Chromium, Page, sync_playwright

from tests.services import programs


@pytest.fixture(scope="session")
def chromium(django_db_setup: None) -> Iterator[Chromium]:
    """One Chromium for the whole run; skips where there is none, except in CI."""
    path = programs.require("chromium", package="chromium")
    # Playwright's own event loop runs in this thread, which is not where Django answers.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    connection = connections["default"]
    with sync_playwright() as playwright:
        # Django looks for its connections elsewhere while an event loop runs. It has to find the
        # one it had, which remembers what the migrations put into the test database.
        connections["default"] = connection
        yield playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    """A page in a fresh browser profile, English, light, as wide as a desk's."""
    with chromium.new_context(locale="en") as context:
        yield context.new_page()
