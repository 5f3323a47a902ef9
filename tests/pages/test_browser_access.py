"""My access in a real browser: the switches, by eye and by keyboard, with and without scripts."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from consent.models import Grant
from foundation.directory.models import Client, User
from tests.browsing import (
    LOOK_IN,
    assert_axe_finds_nothing,
    assert_nothing_is_wider,
    bring_in,
    follow,
    looks,
)
from tests.consent.asking import Asking
from tests.services.chromium import OpenWindow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
PICTURES = os.environ.get("SCREENSHOTS", "")
"""A directory to leave pictures in, for somebody who wants to look."""


@pytest.fixture
def grant(ada: User) -> Grant:
    asking = Asking(ada, Client.objects.create(is_verified=True, name="Query Desk"))
    return asking.allow(["profile", "email", "phone"], ["profile", "email"])


def show(page: Page, site: str) -> None:
    bring_in(page, site, "ada")
    page.goto(f"{site}/account/access/")


@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_is_wrong_with_the_looks_of_my_access(
    window: OpenWindow, live_server: LiveServer, grant: Grant, language: str
) -> None:
    with window(locale=language) as page:
        show(page, live_server.url)
        for look in looks(page):
            if PICTURES:
                picture = Path(PICTURES) / f"access-{look}-{language}.png"
                page.screenshot(path=picture, full_page=True)
            assert_nothing_is_wider(page)
            if LOOK_IN[language] in look:
                assert_axe_finds_nothing(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_switch_takes_back_its_scope_and_no_other(
    window: OpenWindow, live_server: LiveServer, grant: Grant, scripts: bool
) -> None:
    with window(locale="en", scripts=scripts) as page:
        show(page, live_server.url)

        follow(page.get_by_role("switch", name="E-mail address, Query Desk"))

        expect(page.get_by_role("switch")).to_have_count(1)
        expect(page.get_by_role("status")).to_contain_text("Taken back from Query Desk")
        assert Grant.objects.get().scopes.keys() == {"openid", "profile"}
        follow(page.get_by_role("button", name=re.compile("Let it ask again.+E-mail address")))
        assert Grant.objects.get().scopes.keys() == {"openid", "profile"}


@pytest.mark.spec("WCAG 2.2", "2.1.1")
def test_switch_is_pressed_by_keyboard(page: Page, live_server: LiveServer, grant: Grant) -> None:
    show(page, live_server.url)
    switch = page.get_by_role("switch", name="Profile, Query Desk")
    switch.focus()
    assert switch.evaluate("e => getComputedStyle(e).boxShadow") != "none"

    with page.expect_navigation():
        page.keyboard.press("Space")

    assert Grant.objects.get().scopes.keys() == {"openid", "email"}


@pytest.mark.spec("WCAG 2.2", "2.5.8")
def test_switches_are_large_enough_to_touch(
    page: Page, live_server: LiveServer, grant: Grant
) -> None:
    show(page, live_server.url)

    boxes = [switch.bounding_box() for switch in page.get_by_role("switch").all()]

    assert len(boxes) == 2
    assert all(box and box["height"] >= 44 and box["width"] >= 44 for box in boxes)
