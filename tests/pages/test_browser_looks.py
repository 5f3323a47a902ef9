"""What only a real browser can tell: contrast, focus, sizes, overflow, axe's rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from foundation.directory.models import User
from foundation.journal.acts import Actor
from foundation.journal.context import DecisionContext
from idp.accounts.invitations.services import invite
from tests.browsing import (
    SMALLEST_PHONE,
    assert_axe_finds_nothing,
    assert_nothing_is_wider,
    bring_in,
    follow,
    looks,
)
from tests.people import LOGIN, make_ada
from tests.policy.decision_log.asked import logged
from tests.services.chromium import OpenWindow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
REFUSED = "k7mq2-x9d4r"
TOO_SMALL = """
[...document.querySelectorAll("main :is(button, select, input, a.button, a.tile)")]
  .filter((control) => control.checkVisibility({ visibilityProperty: true }))
  .filter((control) => control.getClientRects().length && control.type !== "hidden")
  .filter((control) => {
    const target = control.type === "checkbox" ? control.parentElement : control;
    return target.getBoundingClientRect().height < 44;
  })
  .map((control) => control.outerHTML)
"""
"""The controls that are seen, and lower than 44 pixels; of a box to tick its label counts."""
FOCUSED = """
(e => e === document.body ? ["", "", true]
  : [e.outerHTML, getComputedStyle(e).boxShadow, e.matches("footer :last-child")])
(document.activeElement)
"""
"""What has the focus, how that shows, and whether it is the last of the page."""
STRANGER = [
    LOGIN,
    "/accounts/invitation/over/",
    "/accounts/password/reset/",
    "/accounts/inactive/",
    "/nothing-here",
]
SIGNED_IN = [
    "/accounts/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/sessions/",
    "/accounts/sign-ins/",
    "/accounts/reauthenticate/",
    "/accounts/switch/",
    "/accounts/data/",
    "/account/access/",
    "/account/history/",
    "/access/refused/?reference=unknown",
    f"/access/refused/{REFUSED}",
]


def invited() -> str:
    """Invite somebody; return where the link leads."""
    person = User.objects.create(username="linus", email="linus@example.org", password="!")
    context = DecisionContext(locale="en", actor=Actor.ADMINISTRATOR)
    invite(person, context, timezone.now())
    link = next(each for each in str(mail.outbox[-1].body).split() if "/invitation/" in each)
    return urlsplit(link).path


def visit_all(page: Page, site: str) -> Iterator[str]:
    """Go to every page, those of a signed-in person last, and yield its path."""
    logged(subject=make_ada().pk, decision_id=REFUSED)
    for path in STRANGER:
        page.goto(site + path)
        yield path
    page.goto(site + invited())
    yield "invitation"
    page.goto(site + LOGIN)
    follow(page.locator("main form:not([data-passkey]) button"))
    yield "refused sign-in"
    bring_in(page, site, "ada")
    for path in SIGNED_IN:
        page.goto(site + path)
        yield path


def test_neither_axe_nor_the_console_has_anything_to_say(
    page: Page, live_server: LiveServer
) -> None:
    """The console would show what the policy forbids, and which file is missing."""
    visited = 0
    with complaints_of(page) as complaints:
        for path in visit_all(page, live_server.url):
            visited += path != "/nothing-here"
            for _look in looks(page):
                assert_axe_finds_nothing(page)

    assert visited > 10
    assert [c for c in complaints if "404" not in c and "410" not in c] == []


@contextmanager
def complaints_of(page: Page) -> Iterator[list[str]]:
    """Yield what the console of a page is told."""
    told: list[str] = []
    listening: dict[Any, Any] = {
        "console": lambda message: told.append(message.text),
        "pageerror": lambda error: told.append(str(error)),
    }
    for event, note in listening.items():
        page.on(event, note)
    yield told
    for event, note in listening.items():
        page.remove_listener(event, note)


@pytest.mark.spec("WCAG 2.2", "1.4.10")
@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_is_wider_than_the_smallest_phone(
    window: OpenWindow, live_server: LiveServer, language: str
) -> None:
    """320 pixels are also what a window of 1280 has left at 400 % zoom."""
    with window(locale=language, viewport=SMALLEST_PHONE) as page:
        for _path in visit_all(page, live_server.url):
            assert_nothing_is_wider(page)


@pytest.mark.spec("WCAG 2.2", "2.4.7")
@pytest.mark.spec("WCAG 2.2", "2.5.8")
def test_controls_are_large_enough_to_touch_and_show_that_they_have_the_focus(
    page: Page, live_server: LiveServer
) -> None:
    for path in visit_all(page, live_server.url):
        assert page.evaluate(TOO_SMALL) == [], path
        while True:
            page.keyboard.press("Tab")
            focused, shadow, is_last = page.evaluate(FOCUSED)
            if not focused:
                break
            assert shadow != "none", f"{path}: {focused}"
            if is_last:
                break


def test_nothing_moves_for_those_who_mind(window: OpenWindow, live_server: LiveServer) -> None:
    moving = "getComputedStyle(document.querySelector('main button')).transitionDuration"
    seen = {}
    for wish in ("reduce", "no-preference"):
        with window(motion=wish) as page:
            page.goto(live_server.url + LOGIN)
            seen[wish] = page.evaluate(moving)

    assert seen["reduce"] == "0s"
    assert seen["no-preference"] != "0s"
