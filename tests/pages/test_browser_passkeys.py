"""Passkeys in a real browser, whose authenticator is a virtual one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium, Page, expect
from pytest_django.live_server_helper import LiveServer

from foundation.base import conf
from foundation.directory.factors import recovery
from foundation.directory.models import User
from tests.browsing import follow, look
from tests.fingers import Finger
from tests.people import LOGIN, PASSWORD, make_ada

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
SECURITY = "/accounts/security/"
Says = Callable[[str, str], str]
"""Of two texts the one that stands on the page."""


@pytest.fixture
def ada(live_server: LiveServer, settings: Any) -> User:
    settings.ISSUER = live_server.url
    settings.SCOPEWARD = replace(conf.current(), issuer=live_server.url)
    return make_ada()


@pytest.fixture(params=["en", "de"])
def speaking(request: Any, chromium: Chromium) -> Iterator[tuple[Page, Says]]:
    """A page, and which of two texts stands on it."""
    with chromium.new_context(locale=request.param) as context:
        yield (
            context.new_page(),
            lambda english, german: english if request.param == "en" else german,
        )


def enter(page: Page) -> None:
    """Send name and password."""
    page.locator("#id_login").fill("ada")
    page.locator("#id_password").fill(PASSWORD)
    follow(page.locator("main button").first)


def sign_out(page: Page, site: str) -> None:
    follow(page.locator("form.sign-out button"))
    page.goto(f"{site}{LOGIN}?next={SECURITY}")


def add(page: Page, finger: Finger, says: Says) -> None:
    """Add a passkey on *Security*, and look at each page on the way."""
    title = says("Add a passkey or security key", "Passkey oder Sicherheitsschlüssel hinzufügen")
    follow(page.get_by_role("link", name=title))
    if page.locator("#id_password").count():
        look(page)
        page.locator("#id_password").fill(PASSWORD)
        follow(page.locator("main button").first)
    look(page)
    with finger.touching(), page.expect_navigation():
        page.locator("form[data-passkey] button").click()
    expect(page.locator(".codes li")).to_have_count(recovery.HOW_MANY)
    look(page)


@pytest.mark.spec("WebAuthn", "7.2")
def test_person_adds_a_passkey_and_signs_in_by_it(
    speaking: tuple[Page, Says], live_server: LiveServer, ada: User
) -> None:
    page, says = speaking
    finger, site = Finger(page), live_server.url
    page.goto(f"{site}{LOGIN}?next={SECURITY}")
    look(page)
    enter(page)
    look(page)
    add(page, finger, says)
    page.goto(site + SECURITY)
    expect(page.locator("main")).to_contain_text(says("Enough on its own", "Genügt allein"))
    look(page)
    page.goto(f"{site}{SECURITY}app/")
    look(page)

    # By the browser's list below the name, with nothing typed.
    follow(page.locator("form.sign-out button"))
    with finger.touching():
        page.goto(f"{site}{LOGIN}?next={SECURITY}", wait_until="commit")
        page.wait_for_url(site + SECURITY)

    # By the button, in a browser without that list.
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    sign_out(page, site)
    with finger.touching():
        page.locator("form[data-passkey] button").click()
        page.wait_for_url(site + SECURITY)

    # After the password, and to confirm that it is them.
    sign_out(page, site)
    enter(page)
    for address in ("", f"{site}/accounts/reauthenticate/?next={SECURITY}"):
        if address:
            page.goto(address)
        look(page)
        with finger.touching():
            page.locator("form[data-passkey] button").click()
            page.wait_for_url(site + SECURITY)
