"""The browser that people use: one Chromium for all tests that look at pages."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser as Chromium, Page, sync_playwright

from tests.services import programs

OpenWindow = Callable[..., AbstractContextManager[Page]]
"""What `Windows.open` does."""
FORGET = "try { localStorage.clear(); sessionStorage.clear() } catch {}"
NO_PAGE = "about:blank"


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


class Windows:
    """Pages that are left as if they were new, so that the next test need not open another.

    A new page in a fresh profile is a new process, which has met no script yet: most of a second of
    a processor. Cookies, storage, routes and other pages go when a window is shut; the cache of
    static files stays, and so does what `add_init_script` or the protocol of the developer tools
    set up: whoever needs these opens a context of their own.
    """

    def __init__(self, chromium: Chromium) -> None:
        self._chromium = chromium
        self._shut: dict[tuple[str, bool], Page] = {}

    @contextmanager
    def open(
        self,
        *,
        locale: str = "en",
        scripts: bool = True,
        viewport: Any = None,
        scheme: Any = "light",
        motion: Any = "no-preference",
    ) -> Iterator[Page]:
        """Yield a page with no past, as wide as a desk's unless told otherwise."""
        kind = (locale, scripts)
        page = self._shut.pop(kind, None) or self._new(*kind)
        try:
            page.set_viewport_size(viewport or {"width": 1280, "height": 720})
            page.emulate_media(color_scheme=scheme, reduced_motion=motion)
            yield page
            self._clean(page)
        except BaseException:
            page.context.close()
            raise
        if kind in self._shut:
            page.context.close()
        else:
            self._shut[kind] = page

    def _new(self, locale: str, scripts: bool) -> Page:
        context = self._chromium.new_context(locale=locale, java_script_enabled=scripts)
        return context.new_page()

    def _clean(self, page: Page) -> None:
        """Leave nothing of a test behind. A page that does not let go is not used again."""
        page.unroute_all()
        page.evaluate(FORGET)
        page.goto(NO_PAGE)
        page.context.clear_cookies()
        page.context.clear_permissions()
        for other in page.context.pages:
            if other != page:
                other.close()


@pytest.fixture(scope="session")
def window(chromium: Chromium) -> OpenWindow:
    """What opens a page of a locale, a viewport, a scheme, with or without scripts."""
    return Windows(chromium).open


@pytest.fixture
def page(window: OpenWindow) -> Iterator[Page]:
    """A page in a fresh browser profile, English, light, as wide as a desk's."""
    with window() as opened:
        yield opened
