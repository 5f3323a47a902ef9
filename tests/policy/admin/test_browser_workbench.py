"""The workbench in a real browser: axe's rules, widths, a change into force and back."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from foundation.directory.models import User
from policy import services
from policy.models import PolicySet, PolicyVersion, VersionState
from tests.browsing import assert_axe_finds_nothing, follow, unfold_all, visit
from tests.factories import WAREHOUSE
from tests.people import LOGIN
from tests.relying_party import PASSWORD
from tests.services.chromium import OpenWindow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FRAME = {"region", "landmark-one-main", "landmark-unique"}
"""What unfold's own lists and forms lack; nothing of ours can add it."""
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
ASKED = (
    "ask=1&subject_type=user&subject_id=ada&action=select&resource_type=query"
    "&tables=hr.employees&columns=hr.employees.salary&scopes=x&time=2026-03-02T22:30"
)


@pytest.fixture
def policy_set(administrator: User) -> PolicySet:
    """The starter set in force, a draft that changes it, and one that is broken."""
    made = services.install_starter(WAREHOUSE, "Warehouse")
    text = made.versions.get().text
    services.draft(made, text + '\n@id("all") permit (principal, action, resource);\n')
    services.draft(made, text.replace("context.session ==", "context.sesion =="))
    return made


def paths(policy_set: PolicySet) -> list[str]:
    version = {v.number: f"/admin/policy/policyversion/{v.pk}" for v in policy_set.versions.all()}
    case = policy_set.cases.first()
    assert case is not None
    return [
        "/admin/policy/policyset/",
        f"/admin/policy/policyset/{policy_set.pk}/change/",
        f"/admin/policy/policyset/{policy_set.pk}/simulate/",
        f"/admin/policy/policyset/{policy_set.pk}/simulate/?{ASKED}",
        f"{version[1]}/change/",
        f"{version[1]}/retire/",
        f"{version[2]}/change/",
        f"{version[2]}/activate/",
        f"{version[2]}/compare/",
        f"{version[2]}/gallery/",
        f"{version[3]}/change/",
        "/admin/policy/policycase/",
        f"/admin/policy/policycase/{case.pk}/change/",
    ]


def visit_all(page: Page, site: str, policy_set: PolicySet) -> Iterator[str]:
    sign_in(page, site)
    for path in paths(policy_set):
        visit(page, site + path)
        yield path


def sign_in(page: Page, site: str) -> None:
    page.goto(site + LOGIN)
    page.locator("#id_login").fill("root")
    page.locator("#id_password").fill(PASSWORD)
    follow(page.locator("main form:not([data-passkey]) button"))


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(PHONE, "dark"), (DESK, "light")], ids=["phone-dark", "desk-light"]
)
def test_axe_finds_nothing_but_the_frame_of_unfold(
    window: OpenWindow, live_server: LiveServer, policy_set: PolicySet, scheme: str, viewport: dict
) -> None:
    with window(locale="en", scheme=scheme, viewport=viewport) as page:
        for path in visit_all(page, live_server.url, policy_set):
            unfold_all(page)
            own = not path.endswith("/change/") and path.count("/") > 4
            assert_axe_finds_nothing(page, but={"region"} if own else FRAME)


@pytest.mark.spec("WCAG 2.2", "1.4.10")
def test_nothing_is_wider_than_a_phone(
    window: OpenWindow, live_server: LiveServer, policy_set: PolicySet
) -> None:
    with window(locale="de", viewport=PHONE) as page:
        for path in visit_all(page, live_server.url, policy_set):
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_a_change_goes_into_force_and_back_without_javascript(
    window: OpenWindow, live_server: LiveServer, policy_set: PolicySet
) -> None:
    version = policy_set.versions.get(number=1)
    with window(locale="en", scripts=False) as page:
        sign_in(page, live_server.url)
        page.goto(f"{live_server.url}/admin/policy/policyset/{policy_set.pk}/change/")
        follow(page.get_by_role("link", name="Version 1"))
        page.goto(f"{live_server.url}/admin/policy/policyversion/add/?from={version.pk}")
        page.get_by_label("What changed").fill("Hours")
        follow(page.get_by_role("button", name="Save"))
        follow(page.get_by_role("link", name="Gallery"))
        entry = page.locator("section", has=page.locator("#business_hours"))
        follow(entry.get_by_role("button"))
        expect(page.locator("textarea[name=text]")).to_contain_text("context.hour >= 8")
        follow(page.get_by_role("link", name="Put in force"))
        follow(page.get_by_role("button", name="Put in force"))
        expect(page.get_by_text("Version 4 is in force.")).to_be_visible()
        follow(page.get_by_role("button", name="Roll back to version 1"))
        expect(page.get_by_text("Version 1 is in force again.")).to_be_visible()
        # Filters and the menu of one's own account are opened by scripts, where there are any.
        page.goto(f"{live_server.url}/admin/directory/user/")
        follow(page.locator("#changelist-filter").get_by_role("link", name="No").first)
        expect(page.get_by_role("link", name="root")).to_have_count(0)
        follow(page.get_by_role("button", name="Log out"))
        expect(page).to_have_url(re.compile("/accounts/login/"))

    assert PolicyVersion.objects.get(state=VersionState.ACTIVE).number == 1
