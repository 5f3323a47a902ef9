"""A house with colours of its own, in a real browser: it can be read, and seen while one types."""

import re
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client as Browser
from playwright.sync_api import Browser as Chromium, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from foundation.base.house.in_use import OUR_NAME
from tests.browsing import assert_axe_finds_nothing, assert_nothing_is_wider, bring_in, looks
from tests.factories import make_person
from tests.house.naming import NAME, logo, name_house
from tests.relying_party import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BUTTON = "document.querySelector('main form:not([data-passkey]) button')"
ACCENT = f"getComputedStyle({BUTTON}).backgroundColor"
OF_UNFOLD = {"region", "landmark-one-main", "landmark-unique"}


@pytest.fixture(autouse=True)
def _people(provider: None, quick_passwords: None) -> None:
    person = make_person(username="root", is_staff=True, is_superuser=True)
    person.password = make_password(PASSWORD)
    person.save()


@pytest.fixture
def page(page: Page) -> Page:
    """Answer what the server of the tests has not: what programs ask for, too."""

    def answer(route: Route) -> None:
        found = Browser().get(urlsplit(route.request.url).path)
        headers = {"Content-Type": found["Content-Type"], "X-Content-Type-Options": "nosniff"}
        route.fulfill(status=found.status_code, headers=headers, body=found.content)

    page.route(re.compile(r"^[^/]+//[^/]+/house/"), answer)
    return page


def test_pages_in_the_colours_of_the_house_can_be_read(page: Page, live_server: LiveServer) -> None:
    picture = logo()
    name_house(
        picture,
        accent_light="#a4005a",
        logo_light=picture.digest,
        support_address="help@meadow.example",
        privacy_uri="https://meadow.example/privacy",
    )
    page.goto(f"{live_server.url}/accounts/login/")
    assert page.evaluate(ACCENT) == "rgb(164, 0, 90)"
    for _look in looks(page):
        assert_axe_finds_nothing(page)
        assert_nothing_is_wider(page)
    bring_in(page, live_server.url, "root", PASSWORD)
    for path in ("/accounts/", "/accounts/email/", "/account/access/"):
        page.goto(live_server.url + path)
        for _look in looks(page):
            assert_axe_finds_nothing(page)


def test_the_preview_is_drawn_while_one_types_and_saves_nothing(
    page: Page, live_server: LiveServer
) -> None:
    bring_in(page, live_server.url, "root", PASSWORD)
    page.goto(f"{live_server.url}/admin/house/")
    preview = page.locator("[data-house-preview]")
    expect(preview).to_contain_text(OUR_NAME)

    page.fill("[name=product_name]", NAME)
    page.fill("[name=accent_light]", "#a4005a")

    expect(preview).to_contain_text("#a4005a")
    expect(preview.locator(".house-sample-brand").first).to_contain_text(NAME)
    expect(preview.locator(".house-on-light .admin-button").first).to_have_css(
        "background-color", "rgb(164, 0, 90)"
    )
    assert_axe_finds_nothing(page, but=OF_UNFOLD)
    page.reload()
    expect(preview).to_contain_text(OUR_NAME)


def test_the_preview_works_without_scripts(chromium: Chromium, live_server: LiveServer) -> None:
    with chromium.new_context(java_script_enabled=False, locale="de") as context:
        page = context.new_page()
        bring_in(page, live_server.url, "root", PASSWORD)
        page.goto(f"{live_server.url}/admin/house/")
        page.fill("[name=accent_light]", "#a4005a")
        page.click("[name=preview]")

        expect(page.locator("[data-house-preview]")).to_contain_text("#a4005a")
