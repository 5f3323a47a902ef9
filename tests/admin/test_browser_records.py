"""The pages of records in a real browser: axe's rules, widths, the progress of an export."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium, Page, expect
from pytest_django.live_server_helper import LiveServer

from consent.models import Act, Decision, Grant, Kind
from idp.models import User
from tests.admin.records import make_history
from tests.browsing import follow
from tests.factories import make_client, make_person
from tests.people import LOGIN
from tests.relying_party import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@pytest.fixture
def grant(administrator: User) -> Grant:
    return make_history(make_person(), make_client()[0])


def paths(grant: Grant) -> list[str]:
    decision = Decision.objects.filter(grant=grant).first()
    assert decision is not None
    return [
        "/admin/consent/grant/",
        f"/admin/consent/grant/{grant.pk}/change/",
        f"/admin/consent/grant/{grant.pk}/revoke/",
        f"/admin/consent/grant/{grant.pk}/revoke/?scope=roles",
        "/admin/consent/decision/",
        f"/admin/consent/decision/{decision.pk}/change/",
        "/admin/history/",
        f"/admin/history/?grant={grant.pk}",
        "/admin/figures/?days=90",
    ]


def visit_all(page: Page, site: str, grant: Grant) -> Iterator[str]:
    sign_in(page, site)
    for path in paths(grant):
        page.goto(site + path)
        yield path


def sign_in(page: Page, site: str) -> None:
    page.goto(site + LOGIN)
    page.locator("#id_login").fill("root")
    page.locator("#id_password").fill(PASSWORD)
    follow(page.locator("main button"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_in_what_is_ours(
    chromium: Chromium, live_server: LiveServer, grant: Grant, scheme: str, viewport: dict
) -> None:
    with chromium.new_context(locale="en", color_scheme=scheme, viewport=viewport) as context:
        page = context.new_page()
        for path in visit_all(page, live_server.url, grant):
            for details in page.locator("#content details").all():
                details.evaluate("element => element.open = true")
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"
