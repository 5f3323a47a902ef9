"""A yes that is signed, in a real browser with a virtual authenticator."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium, Page, expect
from pytest_django.live_server_helper import LiveServer

from consent.approvals.models import Approval, ApprovalState
from foundation.base import conf
from foundation.directory.models import Client, User
from scopeward_guard.receipt import GOOD, main
from tests.accounts.factors.holding import has_passkey
from tests.approvals.asking import state_of
from tests.approvals.signing import ask_signed
from tests.authenticator import SoftwarePasskey
from tests.browsing import (
    assert_axe_finds_nothing,
    assert_nothing_is_wider,
    bring_in,
    follow,
    looks,
)
from tests.fingers import Finger
from tests.people import make_ada, make_grace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIGN = {"en": "Sign and approve", "de": "Unterschreiben und genehmigen"}
DENY = {"en": "Deny", "de": "Ablehnen"}
UNSIGNED = {"en": "Your yes was not signed", "de": "Ihr Ja wurde nicht unterschrieben"}
NO_JAVASCRIPT = {"en": "Passkeys need JavaScript", "de": "Passkeys brauchen JavaScript"}
UNKNOWN = {"en": "This browser knows no passkeys", "de": "Dieser Browser kennt keine Passkeys"}


@pytest.fixture(autouse=True)
def _issuer(live_server: LiveServer, settings: Any, quick_passwords: None) -> None:
    settings.ISSUER = live_server.url
    settings.SCOPEWARD = replace(conf.current(), issuer=live_server.url)


@pytest.fixture
def approval(client: Client) -> Approval:
    """What Ada asks and Grace has to sign."""
    return ask_signed(client, make_ada(), make_grace())


@pytest.fixture(params=["en", "de"])
def language(request: pytest.FixtureRequest) -> str:
    said: str = request.param
    return said


@pytest.fixture
def page(chromium: Chromium, language: str) -> Iterator[Page]:
    with chromium.new_context(locale=language) as context:
        yield context.new_page()


def open_as_grace(page: Page, site: str, approval: Approval) -> SoftwarePasskey:
    """Open what she has to decide; return the passkey that she got after she had signed in."""
    bring_in(page, site, "grace")
    key = has_passkey(User.objects.get(username="grace"), origin=site)
    page.goto(site + approval.get_absolute_url())
    return key


def look(page: Page, name: str) -> None:
    for seen in looks(page):
        assert_axe_finds_nothing(page)
        assert_nothing_is_wider(page)
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"{name}-{seen}.png", full_page=True)


@pytest.mark.spec("WebAuthn Level 3", "7.2")
def test_grace_approves_with_a_signature(
    page: Page, live_server: LiveServer, approval: Approval, language: str, tmp_path: Path
) -> None:
    finger = Finger(page)
    finger.hold(open_as_grace(page, live_server.url, approval))
    look(page, f"sign-{language}")

    with finger.touching(), page.expect_navigation():
        page.get_by_role("button", name=SIGN[language]).click()

    assert state_of(approval) == ApprovalState.APPROVED
    look(page, f"signed-{language}")
    with page.expect_download() as download:
        page.locator("main a[href$='/receipt/']").click()
    download.value.save_as(tmp_path / "receipt.json")
    assert main([str(tmp_path / "receipt.json")]) == GOOD


def test_signature_of_another_key_is_refused(
    page: Page, live_server: LiveServer, approval: Approval, language: str
) -> None:
    """It says to be hers: only what it signs with gives it away."""
    finger = Finger(page)
    key = open_as_grace(page, live_server.url, approval)
    finger.hold(replace(key, key=SoftwarePasskey().key))

    with finger.touching(), page.expect_navigation():
        page.get_by_role("button", name=SIGN[language]).click()

    expect(page.locator("main")).to_contain_text(UNSIGNED[language])
    assert state_of(approval) == ApprovalState.PENDING
    look(page, f"unsigned-{language}")


def test_a_no_asks_no_passkey(
    page: Page, live_server: LiveServer, approval: Approval, language: str
) -> None:
    Finger(page)
    open_as_grace(page, live_server.url, approval)

    follow(page.get_by_role("button", name=DENY[language]))

    assert state_of(approval) == ApprovalState.DENIED


def test_browser_that_cannot_ask_a_passkey_says_why(
    chromium: Chromium, page: Page, live_server: LiveServer, approval: Approval, language: str
) -> None:
    page.add_init_script("delete window.PublicKeyCredential")
    open_as_grace(page, live_server.url, approval)
    assert UNKNOWN[language] in page.inner_text("main")
    expect(page.get_by_role("button", name=SIGN[language])).to_be_hidden()
    look(page, f"unknown-{language}")

    with chromium.new_context(
        locale=language, java_script_enabled=False, storage_state=page.context.storage_state()
    ) as without:
        page = without.new_page()
        page.goto(live_server.url + approval.get_absolute_url())
        assert NO_JAVASCRIPT[language] in page.inner_text("main")
        expect(page.get_by_role("button", name=SIGN[language])).to_be_hidden()
        follow(page.get_by_role("button", name=DENY[language]))
    assert state_of(approval) == ApprovalState.DENIED
