"""The administration in a real browser: one switch for all colours, every page can be read."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from foundation.directory.models import Client, User
from tests.admin.records import make_history
from tests.browsing import (
    LOOKS,
    assert_axe_finds_nothing,
    assert_nothing_is_wider,
    bring_in,
    unfold_all,
    visit,
)
from tests.factories import make_client
from tests.policy.decision_log.asked import logged
from tests.relying_party import PASSWORD
from tests.services.chromium import OpenWindow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
INK = "getComputedStyle(document.querySelector('.sections h2')).color"
SCHEMES = {"rgb(22, 32, 31)": "light", "rgb(233, 238, 237)": "dark"}
"""`--ink` in each."""
OF_UNFOLD = {
    *("region", "landmark-one-main", "landmark-unique"),
    *("aria-prohibited-attr", "label", "label-title-only"),  # Django's filters, inputs in lists
}
"""What its lists and forms lack; nothing of ours can add it. Colours are not among it."""


@pytest.mark.usefixtures("administrator")
@pytest.mark.parametrize("system", ["light", "dark"])
def test_colours_follow_the_switch_and_without_one_the_system(
    window: OpenWindow, live_server: LiveServer, system: str
) -> None:
    seen = {}
    with window(scheme=system) as page:
        bring_in(page, live_server.url, "root", PASSWORD)
        page.goto(f"{live_server.url}/admin/")
        for switch in ("auto", "light", "dark"):
            page.evaluate(f"localStorage.setItem('adminTheme', '\"{switch}\"')")
            page.reload()
            seen[switch] = SCHEMES[page.evaluate(INK)]

    assert seen == {"auto": system, "light": "light", "dark": "dark"}


@pytest.mark.usefixtures("administrator")
def test_colours_are_light_as_unfolds_where_no_script_runs(
    window: OpenWindow, live_server: LiveServer
) -> None:
    with window(scheme="dark", scripts=False) as page:
        bring_in(page, live_server.url, "root", PASSWORD)
        page.goto(f"{live_server.url}/admin/")

        assert SCHEMES[page.evaluate(INK)] == "light"
        assert page.evaluate("getComputedStyle(document.body).colorScheme") == "light"


@pytest.mark.long
@pytest.mark.usefixtures("one_of_everything", "administrator")
@pytest.mark.parametrize(("viewport", "scheme"), LOOKS, ids=["phone-dark", "desk-light"])
def test_every_page_a_link_leads_to_can_be_read_and_fits(
    window: OpenWindow,
    live_server: LiveServer,
    person: User,
    application: Client,
    viewport: Any,
    scheme: Any,
) -> None:
    make_history(person, make_client()[0])
    logged(subject=person.pk, client_id=application.client_id, decision_id="k7mq2-x9d4r")
    with window(scheme=scheme, viewport=viewport, motion="reduce") as page:
        bring_in(page, live_server.url, "root", PASSWORD)
        visited = 0
        for _path in every_page(page, live_server.url):
            visited += 1
            assert_axe_finds_nothing(page, but=OF_UNFOLD)
            assert_nothing_is_wider(page)

    assert visited > 90


def every_page(page: Page, site: str) -> Iterator[str]:
    """Go to one page of each kind that a link leads to, unfold what folds, yield its path."""
    ahead, met = ["/admin/"], {"/admin/"}
    while ahead:
        path = ahead.pop(0)
        visit(page, site + path)
        unfold_all(page)
        yield path
        links = page.locator("a[href^='/admin/']:not([href*='logout'])")
        for found in links.evaluate_all("all => all.map(a => a.pathname)"):
            if kind_of(found) not in met:
                met.add(kind_of(found))
                ahead.append(found)


def kind_of(path: str) -> str:
    """Return the path without what names one row among many."""
    one = r"(?<=/)(\d+|[\da-f-]{36})(?=/)|(?<=policy-decisions/)[^/]+"
    return re.sub(one, "N", path)
