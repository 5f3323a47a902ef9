"""The consent screen in a real browser: its states, and finding one scope among many."""

import os
from itertools import product
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser as Chromium, Page, expect
from pytest_django.live_server_helper import LiveServer

from consent import services
from consent.catalogue import install_defaults
from consent.models import ConsentRequest, Decision, Grant, Scope
from idp.models import Client, User
from tests.browsing import follow
from tests.people import LOGIN, PASSWORD, make_ada

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
WAREHOUSE = "https://warehouse.example"
LOST = "ada@former-employer.example"
LOOKS = [*product((320, 1280), ("light", "dark"), ("en", "de"))]
SCREENS = ["agent", "details", "long", "choices", "gone", "remote"]
PICTURES = os.environ.get("SCREENSHOTS", "")
"""A directory to leave pictures in, for somebody who wants to look."""


@pytest.fixture
def ada(db: None) -> User:
    install_defaults()
    for number in range(12):
        Scope(
            name=f"table{number:02}", title=f"Table {number}", sentence=f"Read table {number}.",
            card="access", resource_server=WAREHOUSE,
        ).save()  # fmt: skip
    Client(name="Warehouse", resource_server=WAREHOUSE).save()
    return make_ada()


def make_choices(ada: User) -> list[str]:
    """A second address, a scope with a value, one that needs more than a password."""
    EmailAddress.objects.create(user=ada, email="ada@analytical-engines.example", verified=True)
    card = {"card": "access", "resource_server": WAREHOUSE}
    Scope(name="report:{id}", title="Report {id}", sentence="Read report {id}.", **card).save()
    Scope(
        name="salaries", title="Salaries", sentence="Read what people earn.",
        minimum_acr="urn:scopeward:acr:2", **card,
    ).save()  # fmt: skip
    return ["report:2026-q3", "salaries"]


def lose_address(ada: User, client: Client) -> None:
    """Let Ada have chosen an address that she has no more."""
    grant = Grant.objects.create(
        user=ada, client=client, scopes={"openid": None, "email": None}, shared_email=LOST
    )
    Decision.objects.create(
        user=ada, client=client, grant=grant, scope="email", outcome="granted",
        decided_at=timezone.now(), shared_email=LOST,
    )  # fmt: skip


def request_for(ada: User, screen: str) -> ConsentRequest:
    scopes = ["openid", "profile", "email", "offline_access", "table00"]
    many = [f"table{number:02}" for number in range(12)] if screen == "long" else []
    many += make_choices(ada) if screen in {"choices", "gone"} else []
    client = Client.objects.create(name="Query Desk", is_agent=screen == "agent")
    if screen == "gone":
        lose_address(ada, client)
    return services.open_consent_request(
        user=ada,
        client=client,
        scopes=[*scopes, *many],
        reopened=False,
        requested_claims={"userinfo": {"name": {"essential": True}}} if screen == "details" else {},
        acr="",
        return_to="/accounts/",
        redirect_origin="" if screen == "remote" else "https://desk.example",
        binding_message="W4SCT" if screen == "remote" else "",
        asked_from="192.0.2.7" if screen == "remote" else None,
    )


def show(page: Page, site: str, request: ConsentRequest) -> None:
    page.goto(site + LOGIN)
    page.locator("#id_login").fill("ada")
    page.locator("#id_password").fill(PASSWORD)
    follow(page.locator("main button"))
    page.goto(site + request.get_absolute_url())


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: "-".join(map(str, look)))
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_on_the_consent_screen(
    chromium: Chromium, live_server: LiveServer, ada: User, screen: str, look: tuple[int, str, str]
) -> None:
    width, scheme, language = look
    request = request_for(ada, screen)
    size = {"width": width, "height": 800}
    with chromium.new_context(locale=language, color_scheme=scheme, viewport=size) as context:
        page = context.new_page()
        show(page, live_server.url, request)
        if PICTURES:
            name = f"{screen}-{width}-{scheme}-{language}.png"
            page.screenshot(path=Path(PICTURES) / name, full_page=True)

        found = Axe().run(page)

        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_finding_a_scope_hides_the_others_and_keeps_their_ticks(
    page: Page, live_server: LiveServer, ada: User
) -> None:
    show(page, live_server.url, request_for(ada, "long"))
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
    show(page, live_server.url, request_for(ada, "long"))
    page.locator("summary", has_text="For Warehouse").click()
    expect(page.get_by_label("Table 7")).to_be_hidden()

    page.get_by_label("Find in this list").fill("table 7")

    expect(page.get_by_label("Table 7")).to_be_visible()


def test_enter_in_the_field_answers_nothing(page: Page, live_server: LiveServer, ada: User) -> None:
    request = request_for(ada, "long")
    show(page, live_server.url, request)

    page.get_by_label("Find in this list").press("Enter")

    expect(page.get_by_role("button", name="Allow", exact=True)).to_be_visible()
    request.refresh_from_db()
    assert request.decided_at is None


def test_number_of_ticks_is_said_as_it_changes(
    page: Page, live_server: LiveServer, ada: User
) -> None:
    show(page, live_server.url, request_for(ada, "long"))
    expect(page.get_by_role("status")).to_contain_text("15 ticked")

    page.get_by_label("Table 7").uncheck()

    expect(page.get_by_role("status")).to_contain_text("14 ticked")


def test_without_javascript_there_is_no_field_and_every_scope_is_in_reach(
    chromium: Chromium, live_server: LiveServer, ada: User
) -> None:
    with chromium.new_context(locale="en", java_script_enabled=False) as context:
        page = context.new_page()
        show(page, live_server.url, request_for(ada, "long"))

        expect(page.locator("#filter")).to_be_hidden()
        expect(page.locator(".scope:visible")).to_have_count(16)
