"""What only a real browser can tell: contrast, focus, sizes, overflow, axe's rules."""

from collections.abc import Iterator
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


def test_axe_finds_nothing(page: Page, live_server: LiveServer) -> None:
    for _path in visit_all(page, live_server.url):
        for _look in looks(page):
            assert_axe_finds_nothing(page)


@pytest.mark.spec("WCAG 2.2", "1.4.10")
@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_is_wider_than_the_smallest_phone(
    window: OpenWindow, live_server: LiveServer, language: str
) -> None:
    """320 pixels are also what a window of 1280 has left at 400 % zoom."""
    with window(locale=language, viewport=SMALLEST_PHONE) as page:
        for _path in visit_all(page, live_server.url):
            assert_nothing_is_wider(page)


@pytest.mark.spec("WCAG 2.2", "2.5.8")
def test_controls_are_large_enough_to_touch(page: Page, live_server: LiveServer) -> None:
    for path in visit_all(page, live_server.url):
        for control in page.locator("main :is(button, select, input, a.button, a.tile)").all():
            if not control.is_visible():
                continue
            kind = control.get_attribute("type")
            target = control.locator("xpath=..") if kind == "checkbox" else control
            box = target.bounding_box()
            assert box is not None
            assert box["height"] >= 44, f"{path}: {control.evaluate('e => e.outerHTML')}"


@pytest.mark.spec("WCAG 2.2", "2.4.7")
def test_focus_is_visible_wherever_it_goes(page: Page, live_server: LiveServer) -> None:
    for path in visit_all(page, live_server.url):
        while True:
            page.keyboard.press("Tab")
            focused = page.evaluate(
                "(e => e === document.body ? '' : getComputedStyle(e).boxShadow)"
                "(document.activeElement)"
            )
            if not focused:
                break
            assert focused != "none", f"{path}: {page.evaluate('document.activeElement.outerHTML')}"
            if page.evaluate("document.activeElement.matches('footer :last-child')"):
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


def test_browser_has_nothing_to_complain_about(page: Page, live_server: LiveServer) -> None:
    """Neither the policy nor a missing file shows in the console."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    visited = [path for path in visit_all(page, live_server.url) if path != "/nothing-here"]

    assert len(visited) > 10
    assert [c for c in complaints if "404" not in c and "410" not in c] == []
