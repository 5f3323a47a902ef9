"""The consent screen in a real browser: its states, and finding one scope among many."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from claims.catalogue.models import Scope
from consent.models import ConsentRequest
from foundation.directory.models import Client, User
from tests.browsing import (
    LOOK_IN,
    assert_axe_finds_nothing,
    assert_nothing_is_wider,
    bring_in,
    follow,
    looks,
)
from tests.pages.consent_states import STATES, WAREHOUSE, change, long
from tests.people import make_ada
from tests.services.chromium import OpenWindow

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
PICTURES = os.environ.get("SCREENSHOTS", "")
"""A directory to leave pictures in, for somebody who wants to look."""


@pytest.fixture
def ada(db: None) -> User:
    for number in range(12):
        Scope(
            name=f"table{number:02}", title=f"Table {number}", sentence=f"Read table {number}.",
            card="access", resource_server=WAREHOUSE,
        ).save()  # fmt: skip
    Client(name="Warehouse", resource_server=WAREHOUSE).save()
    return make_ada()


def show(page: Page, site: str, request: ConsentRequest) -> None:
    bring_in(page, site, "ada")
    page.goto(site + request.get_absolute_url())


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("state", STATES)
def test_nothing_is_wrong_with_the_looks_of_the_consent_screen(
    window: OpenWindow, live_server: LiveServer, ada: User, state: str, language: str
) -> None:
    """Axe finds nothing, nothing is too wide; one language is looked at in each way by axe."""
    request = STATES[state](ada)
    with window(locale=language) as page:
        show(page, live_server.url, request)
        if state == "changed":
            change()
            follow(page.locator("button[value=allow]"))
            assert page.get_by_role("alert").is_visible()
        for look in looks(page):
            if PICTURES:
                picture = Path(PICTURES) / f"{state}-{look}-{language}.png"
                page.screenshot(path=picture, full_page=True)
            assert_nothing_is_wider(page)
            if LOOK_IN[language] in look:
                assert_axe_finds_nothing(page)


@pytest.mark.parametrize(
    ("state", "title", "words"),
    [
        ("difference", "What you allowed before", "Until "),
        ("expired", "Table 0", "Ended on "),
        ("denied", "E-mail address", "You said no"),
        ("agent", "This application acts on its own", "Nothing optional is ticked"),
    ],
)
def test_state_is_said_in_words(
    page: Page, live_server: LiveServer, ada: User, state: str, title: str, words: str
) -> None:
    show(page, live_server.url, STATES[state](ada))

    expect(page.locator("main")).to_contain_text(title)
    expect(page.locator("main")).to_contain_text(words)


def test_boxes_inside_a_scope_follow_its_own(
    page: Page, live_server: LiveServer, ada: User
) -> None:
    show(page, live_server.url, STATES["agent"](ada))
    scope, inside = page.locator("#scope-profile"), page.locator("input[name=claim]")
    values = page.locator(".claim .value").first

    expect(inside.first).to_be_disabled()
    expect(inside.first).to_be_hidden()
    expect(values).to_be_visible()
    scope.check()
    expect(inside.first).to_be_enabled()
    expect(inside.first).to_be_visible()
    inside.first.uncheck()
    assert scope.evaluate("box => box.indeterminate && box.checked")
    scope.uncheck()
    expect(inside.first).to_be_hidden()


def test_boxes_inside_a_scope_follow_its_own_without_scripts(
    window: OpenWindow, live_server: LiveServer, ada: User
) -> None:
    request = STATES["agent"](ada)
    with window(scripts=False) as page:
        show(page, live_server.url, request)
        inside = page.locator("input[name=claim]").first

        expect(inside).to_be_hidden()
        page.locator("#scope-profile").check()
        expect(inside).to_be_visible()
        expect(inside).to_be_checked()


def test_finding_a_scope_hides_the_others_and_keeps_their_ticks(
    page: Page, live_server: LiveServer, ada: User
) -> None:
    show(page, live_server.url, long(ada))
    field = page.get_by_label("Find in this list")

    field.fill("TABLE 7")

    expect(page.locator(".scope:visible")).to_have_count(1)
    expect(page.get_by_role("status")).to_contain_text("1 of 16 shown.")
    assert page.locator("input[name=scope]:checked").count() == 15
    field.fill("no such thing")
    expect(page.locator(".scope:visible")).to_have_count(0)
    field.fill("")
    expect(page.locator(".scope:visible")).to_have_count(16)


def test_folded_group_opens_for_what_is_looked_for(
    page: Page, live_server: LiveServer, ada: User
) -> None:
    show(page, live_server.url, long(ada))
    page.locator("summary", has_text="For Warehouse").click()
    expect(page.get_by_label("Table 7")).to_be_hidden()

    page.get_by_label("Find in this list").fill("table 7")

    expect(page.get_by_label("Table 7")).to_be_visible()


def test_enter_in_the_field_answers_nothing(page: Page, live_server: LiveServer, ada: User) -> None:
    request = long(ada)
    show(page, live_server.url, request)

    page.get_by_label("Find in this list").press("Enter")

    expect(page.get_by_role("button", name="Allow", exact=True)).to_be_visible()
    request.refresh_from_db()
    assert request.decided_at is None


def test_number_of_ticks_is_said_as_it_changes(
    page: Page, live_server: LiveServer, ada: User
) -> None:
    show(page, live_server.url, long(ada))
    expect(page.get_by_role("status")).to_contain_text("15 ticked")

    page.get_by_label("Table 7").uncheck()

    expect(page.get_by_role("status")).to_contain_text("14 ticked")


def test_without_javascript_there_is_no_field_and_every_scope_is_in_reach(
    window: OpenWindow, live_server: LiveServer, ada: User
) -> None:
    with window(locale="en", scripts=False) as page:
        show(page, live_server.url, long(ada))

        expect(page.locator("#filter")).to_be_hidden()
        expect(page.locator(".scope:visible")).to_have_count(16)
