"""Driving a browser: signed in without a detour, looked at in every way that matters."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.test import Client as Browser
from playwright.sync_api import Locator, Page

from tests import people

PHONE: Any = {"width": 390, "height": 844}
SMALLEST_PHONE: Any = {"width": 320, "height": 640}
DESK: Any = {"width": 1280, "height": 800}
LOOKS = ((SMALLEST_PHONE, "dark"), (DESK, "light"))
"""Each width and each scheme. What a colour does in the other scheme is not a matter of width:
all colours are tokens, whose contrast tests/pages/test_contrast.py computes in both schemes."""

LOOK_IN = {"en": "light", "de": "dark"}
"""In which look axe looks at a page that is shown in both languages: its words change with the
language and its colours with the scheme, and no rule is about both."""

QUICKLY = {"resultTypes": ["violations"], "preload": False}
"""What axe need not do: collect what is right, and fetch the stylesheets again."""


def follow(control: Locator) -> None:
    """Click and wait until the page it leads to, redirects included, has loaded.

    A bare click returns while the old page may still be there, or none at all.
    """
    with control.page.expect_navigation(wait_until="load"):
        control.click()


def bring_in(page: Page, site: str, username: str, password: str = people.PASSWORD) -> None:
    """Let somebody be signed in: what the form does is done, only not by this browser.

    It says to be this one, and hands over every cookie: a session in another is a doubtful one.
    """
    browser = Browser(headers={"User-Agent": page.evaluate("navigator.userAgent")})
    browser.post(people.LOGIN, {"login": username, "password": password})
    cookies = browser.cookies.items()
    page.context.add_cookies(
        [{"name": name, "value": morsel.value, "url": site} for name, morsel in cookies]
    )


def looks(page: Page) -> Iterator[str]:
    """Show the page in each look and yield the look's name; nothing is loaded again."""
    for viewport, scheme in LOOKS:
        page.set_viewport_size(viewport)
        # Without motion, since a colour on its way to another has a contrast of its own.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        yield f"{viewport['width']}-{scheme}"


def unfold_all(page: Page) -> None:
    """Open whatever is folded in what a page of the administration is about."""
    page.locator("#content details").evaluate_all("all => all.forEach(each => each.open = true)")


def visit(page: Page, address: str) -> None:
    """Go to a page that is there: one that is not would please every rule about looks."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok, f"{address}: {answer.status}"


def look(page: Page) -> None:
    """Look at a page that another run shows in the other language: see `LOOK_IN`."""
    language = str(page.evaluate("document.documentElement.lang"))
    for shown in looks(page):
        assert_nothing_is_wider(page)
        if LOOK_IN[language] in shown:
            assert_axe_finds_nothing(page)


def assert_axe_finds_nothing(page: Page, *, but: Collection[str] = ()) -> None:
    """Let axe look for what it knows to be wrong; `but` names rules that do not count."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    response = page.evaluate(f"axe.run({json.dumps(QUICKLY)})")
    found = AxeResults(response)
    broken = {rule["id"] for rule in found.response["violations"]}
    assert broken <= set(but), f"{page.url}: {found.generate_report()}"


def assert_nothing_is_wider(page: Page) -> None:
    """Nothing has to be scrolled sideways (WCAG 2.2 §1.4.10)."""
    assert page.viewport_size is not None
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= page.viewport_size["width"], page.url
