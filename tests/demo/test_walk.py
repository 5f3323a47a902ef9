"""The demo's story in a real browser: scopes withheld, other values, nothing asked twice."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import follow
from tests.demo.conftest import PASSWORD, Demo

pytestmark = pytest.mark.browser
ALL = {
    *("openid", "profile", "email", "phone", "address"),
    *("roles", "department", "projects", "clearance", "offline_access"),
    *("warehouse:finance", "warehouse:hr"),
}


def sign_in(page: Page, demo: Demo, username: str) -> None:
    page.goto(demo.query_desk)
    follow(page.get_by_role("button", name="Sign in"))
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in", exact=True))


def press(page: Page, name: str) -> None:
    follow(page.get_by_role("button", name=name, exact=True))


def scopes(page: Page, outcome: str) -> set[str]:
    lines = page.locator(f"li.{outcome}").all()
    return {line.get_attribute("data-scope") or "" for line in lines}


def claims(page: Page) -> dict[str, str]:
    """Return what the page shows of userinfo."""
    rows = page.locator("tr[data-claim]:has(td[data-label=Userinfo])").all()
    return {
        row.get_attribute("data-claim") or "": row.locator("td[data-label=Userinfo]").inner_text()
        for row in rows
    }


@pytest.mark.spec("OIDC Core", "5.4")
def test_ada_withholds_one_scope_and_query_desk_gets_exactly_the_rest(page: Page, demo: Demo):
    sign_in(page, demo, "ada")
    expect(page).to_have_title(re.compile("Query Desk asks for access"))
    page.get_by_label("Phone number").uncheck()
    # What is sensitive nobody ticks for her.
    expect(page.get_by_label("Clearance")).not_to_be_checked()
    page.get_by_label("Clearance").check()
    press(page, "Allow")

    expect(page).to_have_url(f"{demo.query_desk}/desk")
    assert scopes(page, "granted") == ALL - {"phone"}
    assert scopes(page, "withheld") == {"phone"}
    released = claims(page)
    assert released["name"] == "Ada Maria Kessler"
    assert released["department"] == "finance"
    assert released["projects"] == '["atlas"]'
    assert "phone_number" not in released

    # The second visit is silent, and what was withheld is not asked for again.
    press(page, "Sign in silently")
    expect(page.get_by_role("status")).to_contain_text("Signed in with 11 of 12 scopes")
    press(page, "Sign out")
    expect(page.get_by_role("heading", name="See you.")).to_be_visible()
    sign_in(page, demo, "ada")
    expect(page).to_have_url(f"{demo.query_desk}/desk")
    assert scopes(page, "withheld") == {"phone"}

    # Only when she wants to decide again.
    press(page, "Decide again")
    page.get_by_label("Phone number").check()
    page.get_by_label("Clearance").check()
    press(page, "Allow")
    expect(page).to_have_url(f"{demo.query_desk}/desk")
    assert scopes(page, "granted") == ALL
    assert claims(page)["phone_number"] == "+493023125014"


def test_linus_gets_other_values_and_keeps_them_when_refreshing(page: Page, demo: Demo):
    sign_in(page, demo, "linus")
    page.get_by_label("Clearance").check()
    press(page, "Allow")

    expect(page).to_have_url(f"{demo.query_desk}/desk")
    released = claims(page)
    assert released["name"] == "Linus Erik Holm"
    assert released["department"] == "engineering"
    assert released["projects"] == '["borealis", "cirrus"]'
    assert released["roles"] == '["engineer"]'

    press(page, "Refresh")
    expect(page.get_by_role("status")).to_contain_text("Tokens refreshed with 12 scopes")
    press(page, "Call userinfo again")
    expect(page.get_by_role("status")).to_contain_text("Userinfo answered with")
    assert claims(page) == released


@pytest.mark.spec("RFC 8707", "2.2")
def test_grace_gets_a_token_for_the_warehouse_without_a_refresh_token(page: Page, demo: Demo):
    sign_in(page, demo, "grace")
    page.get_by_label("Staying connected").uncheck()
    press(page, "Allow")
    expect(page.get_by_role("button", name="Refresh")).to_have_count(0)

    press(page, f"Get one for {demo.warehouse}")

    expect(page.get_by_role("heading", name=f"For {demo.warehouse}")).to_be_visible()
    expect(page.get_by_role("heading", name=f"For {demo.issuer}")).to_be_visible()
    page.get_by_text("Payload").last.click()
    expect(page.locator("pre").last).to_contain_text(f'"aud": "{demo.warehouse}"')


def test_saying_no_to_everything_is_answered_kindly(page: Page, demo: Demo):
    sign_in(page, demo, "admin")
    follow(page.get_by_role("link", name="Later"))
    press(page, "Don't allow")

    expect(page.get_by_role("heading", name="You said no")).to_be_visible()
    press(page, "Sign in")
    expect(page).to_have_title(re.compile("Query Desk asks for access"))
    page.get_by_label("E-mail address").check()
    press(page, "Allow")
    expect(page).to_have_url(f"{demo.query_desk}/desk")
