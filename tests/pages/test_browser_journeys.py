"""Ways through the pages, in a real browser, to a real relying party elsewhere."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from foundation.directory.models import Client
from tests.browsing import assert_axe_finds_nothing, assert_nothing_is_wider, follow, looks
from tests.pages.relying_party import RelyingParty, running
from tests.people import LOGIN, PASSWORD, make_ada, make_grace
from tests.services.chromium import OpenWindow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def party(live_server: LiveServer) -> Iterator[RelyingParty]:
    make_ada()
    with running() as party:
        Client.objects.create(
            is_verified=True,
            name="Query Desk",
            client_id="desk",
            redirect_uris=party.callback,
            post_logout_redirect_uris=party.after_logout,
            scope="openid profile",
            code_protection="nothing",
        )
        yield party


def ask(page: Page, site: str, party: RelyingParty, **parameters: str) -> None:
    """Open an authorization request."""
    request = {
        "client_id": "desk",
        "redirect_uri": party.callback,
        "response_type": "code",
        "scope": "openid profile",
        "state": "a-state",
    }
    page.goto(f"{site}/authorize?{urlencode(request | parameters)}")


def enter(page: Page, username: str) -> None:
    page.locator("#id_login").fill(username)
    page.locator("#id_password").fill(PASSWORD)
    follow(page.locator("main form:not([data-passkey]) button"))


def test_person_gets_through_without_javascript(
    window: OpenWindow, live_server: LiveServer, party: RelyingParty
) -> None:
    with window(locale="en", scripts=False) as page:
        ask(page, live_server.url, party)
        expect(page.get_by_role("heading", level=1)).to_have_text(
            "Sign in to continue to Query Desk"
        )
        enter(page, "ada")
        follow(page.get_by_role("button", name="Allow", exact=True))
        page.wait_for_url(f"{party.callback}**")

    ((method, parameters),) = party.answers
    assert method == "GET"
    assert parameters["state"] == ["a-state"]
    assert parameters["code"]


def test_axe_finds_nothing_on_the_way(
    page: Page, live_server: LiveServer, party: RelyingParty
) -> None:
    def look() -> None:
        for _look in looks(page):
            assert_axe_finds_nothing(page)
            assert_nothing_is_wider(page)

    ask(page, live_server.url, party)
    look()
    enter(page, "ada")
    look()
    follow(page.get_by_role("button", name="Allow", exact=True))
    page.wait_for_url(f"{party.callback}**")
    page.goto(f"{live_server.url}/account/access/")
    look()
    for prompt in ("login", "select_account", "consent"):
        ask(page, live_server.url, party, prompt=prompt)
        look()
    page.goto(f"{live_server.url}/logout?client_id=desk")
    look()
    page.goto(f"{live_server.url}/authorize?client_id=unknown")
    look()


def test_sign_in_form_may_end_at_the_application(
    page: Page, live_server: LiveServer, party: RelyingParty
) -> None:
    """Nothing to ask: the redirect after the sign-in form leads straight there (CSP3 §6.4.1)."""
    ask(page, live_server.url, party)
    enter(page, "ada")
    follow(page.get_by_role("button", name="Allow", exact=True))
    page.wait_for_url(f"{party.callback}**")
    page.context.clear_cookies()

    ask(page, live_server.url, party)
    enter(page, "ada")
    page.wait_for_url(f"{party.callback}**")

    assert len(party.answers) == 2


def test_password_again_may_end_at_the_application(
    page: Page, live_server: LiveServer, party: RelyingParty
) -> None:
    ask(page, live_server.url, party)
    enter(page, "ada")
    follow(page.get_by_role("button", name="Allow", exact=True))
    page.wait_for_url(f"{party.callback}**")

    ask(page, live_server.url, party, prompt="login")
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Confirm"))
    page.wait_for_url(f"{party.callback}**")

    assert len(party.answers) == 2


def test_application_may_send_people_onward_from_where_our_forms_lead(
    page: Page, live_server: LiveServer, party: RelyingParty
) -> None:
    """Browsers hold the whole chain of redirects after a form against `form-action`."""
    party.sends_on = True
    ask(page, live_server.url, party)
    enter(page, "ada")
    follow(page.get_by_role("button", name="Allow", exact=True))
    page.wait_for_url(party.onward)

    ask(page, live_server.url, party, response_mode="form_post")
    page.wait_for_url(party.onward)

    leave = {"client_id": "desk", "post_logout_redirect_uri": party.after_logout}
    page.goto(f"{live_server.url}/logout?{urlencode(leave)}")
    follow(page.get_by_role("button", name="Sign out"))
    page.wait_for_url(party.onward)

    ask(page, live_server.url, party)
    enter(page, "ada")
    page.wait_for_url(party.onward)


@pytest.mark.spec("OAuth 2.0 Form Post Response Mode", "2")
@pytest.mark.parametrize("with_javascript", [True, False])
def test_form_post_arrives_with_and_without_javascript(
    window: OpenWindow, live_server: LiveServer, party: RelyingParty, with_javascript: bool
) -> None:
    with window(locale="en", scripts=with_javascript) as page:
        ask(page, live_server.url, party, response_mode="form_post")
        enter(page, "ada")
        follow(page.get_by_role("button", name="Allow", exact=True))
        if not with_javascript:
            follow(page.get_by_role("button", name="Continue"))
        page.wait_for_url(f"{party.callback}**")

    ((method, parameters),) = party.answers
    assert method == "POST"
    assert parameters["code"]


def test_another_account_goes_on_with_the_same_request(
    page: Page, live_server: LiveServer, party: RelyingParty
) -> None:
    make_grace()
    page.goto(live_server.url + LOGIN)
    enter(page, "ada")

    ask(page, live_server.url, party)
    follow(page.get_by_role("link", name="Use another account"))
    follow(page.get_by_role("button", name="Sign out and switch"))
    enter(page, "grace")

    expect(page.get_by_text("You are signed in as Grace Hopper")).to_be_visible()
    follow(page.get_by_role("button", name="Allow", exact=True))
    page.wait_for_url(f"{party.callback}**")
    assert len(party.answers) == 1


def test_keyboard_is_enough_to_sign_in(page: Page, live_server: LiveServer) -> None:
    make_ada()
    page.goto(live_server.url + LOGIN)

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ada")


def test_language_is_the_persons_choice(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}{LOGIN}?next=/accounts/email/")

    follow(page.get_by_role("button", name="Deutsch"))

    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    assert page.url == f"{live_server.url}{LOGIN}?next=/accounts/email/"
