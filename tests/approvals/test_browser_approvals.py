"""The pages of approvals in a real browser: axe, keys, narrow screens, the answer arriving."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from claims.catalogue.models import SensitivityLabel
from consent.approvals.models import Approval, ApprovalState, Approvers
from foundation.directory.models import Client, User
from tests.approvals.asking import WAREHOUSE, Asking, make_rule, say, state_of
from tests.browsing import (
    SMALLEST_PHONE,
    assert_axe_finds_nothing,
    assert_nothing_is_wider,
    bring_in,
    looks,
    visit,
)
from tests.people import make_ada, make_grace
from tests.services.chromium import OpenWindow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STATEMENT = """SELECT e.name, sum(p.amount) AS paid -- by person
FROM hr.employees AS e JOIN finance.payments AS p ON p.employee = e.id
WHERE e.id = :id AND p.state = 'paid' AND p.note <> 'שלום' AND p.pаyer = '\u3164'
GROUP BY e.name"""
DATA = ("hr.employees.name", "hr.employees.salary", "finance.payments.amount")


@pytest.fixture(autouse=True)
def _quick_passwords(quick_passwords: None) -> None:
    """Digest passwords quickly."""


@pytest.fixture
def ada() -> User:
    return make_ada()


@pytest.fixture
def approval(ada: User, client: Client) -> Approval:
    """What Ada asks and Grace decides."""
    for pattern, level, label in (
        ("hr.employees.salary", "secret", "salary"),
        ("finance.*", "confidential", ""),
        ("hr.employees.name", "internal", ""),
    ):
        SensitivityLabel.objects.create(
            resource_server=WAREHOUSE, pattern=pattern, level=level, label=label
        )
    make_rule(Approvers.PEOPLE, people=[make_grace()], title="Grace decides")
    return Asking(client, ada).lodge(*DATA, statement=STATEMENT)


def visit_all(page: Page, site: str, approval: Approval) -> Iterator[str]:
    """Go to every page of both sides and yield its path."""
    for username, paths in {
        "ada": ["/approvals/?heap=mine", approval.get_waiting_url()],
        "grace": ["/approvals/", approval.get_absolute_url(), "/approvals/delegations/"],
    }.items():
        page.context.clear_cookies()
        bring_in(page, site, username)
        for path in paths:
            visit(page, site + path)
            yield path


def test_axe_finds_nothing(page: Page, live_server: LiveServer, approval: Approval) -> None:
    for path in visit_all(page, live_server.url, approval):
        for look in looks(page):
            assert_axe_finds_nothing(page)
            if folder := os.environ.get("SCREENSHOTS"):
                name = path.strip("/").replace(str(approval.pk), "one").replace("/", "-")
                page.screenshot(path=Path(folder) / f"{name}-{look}.png", full_page=True)


@pytest.mark.spec("WCAG 2.2", "1.4.10")
@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_is_wider_than_the_smallest_phone(
    window: OpenWindow, live_server: LiveServer, approval: Approval, language: str
) -> None:
    with window(locale=language, viewport=SMALLEST_PHONE) as page:
        for _path in visit_all(page, live_server.url, approval):
            assert_nothing_is_wider(page)


def test_a_request_is_decided_with_the_keyboard(
    page: Page, live_server: LiveServer, approval: Approval
) -> None:
    bring_in(page, live_server.url, "grace")
    page.goto(live_server.url + approval.get_absolute_url())

    page.get_by_role("button", name=re.compile("Approve")).focus()
    assert state_of(approval) == ApprovalState.PENDING
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")

    assert state_of(approval) == ApprovalState.APPROVED


def test_no_letter_comes_near_the_buttons(
    page: Page, live_server: LiveServer, approval: Approval
) -> None:
    """WCAG 2.1.4: people who dictate would be moved about, or approve."""
    bring_in(page, live_server.url, "grace")
    page.goto(live_server.url + approval.get_absolute_url())

    for chord in (*"adnADN", "Alt+a", "Alt+Shift+a", "Alt+d", "Alt+Shift+d"):
        page.keyboard.press(chord)

    assert page.evaluate("document.activeElement.tagName") == "BODY"
    assert page.locator("[accesskey]").count() == 0
    assert state_of(approval) == ApprovalState.PENDING


def test_who_asked_sees_the_answer_arrive(
    page: Page, live_server: LiveServer, approval: Approval
) -> None:
    bring_in(page, live_server.url, "ada")
    page.goto(live_server.url + approval.get_waiting_url())
    expect(page.locator("h1")).to_have_text("Waiting for approval")

    say(approval, User.objects.get(username="grace"))

    expect(page.locator("[data-waiting]")).to_contain_text("It has been approved", timeout=15_000)
