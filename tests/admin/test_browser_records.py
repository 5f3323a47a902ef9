"""The pages of records in a real browser: axe's rules, widths, the progress of an export."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from consent.approvals.models import Approval
from consent.models import Grant, ScopeDecision
from foundation.directory.models import User
from foundation.journal.acts import record_changes
from foundation.journal.models import Act, Kind
from tests.admin.records import make_history
from tests.approvals.asking import Asking as Lodging
from tests.browsing import (
    DESK,
    PHONE,
    assert_axe_finds_nothing,
    assert_nothing_is_wider,
    bring_in,
    follow,
    unfold_all,
    visit,
)
from tests.factories import make_client, make_person
from tests.policy.decision_log.asked import logged
from tests.relying_party import PASSWORD
from tests.services.chromium import OpenWindow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FRAME = {"region", "landmark-one-main", "landmark-unique"}
"""What unfold's own lists and forms lack; nothing of ours can add it."""
DENIED = "k7mq2-x9d4r"


@pytest.fixture
def grant(administrator: User) -> Grant:
    made = make_history(make_person(), make_client()[0])
    logged(subject=made.user_id, client_id=made.client.client_id, decision_id=DENIED)
    Lodging(made.client, made.user).lodge()
    record_changes()
    return made


def paths(grant: Grant) -> list[str]:
    decision = ScopeDecision.objects.filter(grant=grant).first()
    assert decision is not None
    approval = Approval.objects.get()
    return [
        "/admin/consent/grant/",
        f"/admin/consent/grant/{grant.pk}/change/",
        f"/admin/consent/grant/{grant.pk}/revoke/",
        f"/admin/consent/grant/{grant.pk}/revoke/?scope=roles",
        f"/admin/directory/user/{grant.user_id}/password/",
        "/admin/consent/scopedecision/",
        f"/admin/consent/scopedecision/{decision.pk}/change/",
        f"/admin/history/?client={grant.client_id}",
        f"/admin/history/?grant={grant.pk}",
        "/admin/changes/?object=catalogue.scope",
        f"/admin/directory/user/{grant.user_id}/history/",
        f"/admin/directory/client/{grant.client_id}/history/",
        f"/admin/directory/client/{grant.client_id}/rotate-secret/",
        f"/admin/approvals/approval/{approval.pk}/change/",
        f"/admin/approvals/approval/{approval.pk}/revoke/",
        f"/admin/approvals/approval/{approval.pk}/history/",
        "/admin/figures/?days=90",
        "/admin/policy-decisions/",
        f"/admin/policy-decisions/{DENIED}/",
        "/admin/policy-denials/",
    ]


def visit_all(page: Page, site: str, grant: Grant) -> Iterator[str]:
    bring_in(page, site, "root", PASSWORD)
    for path in paths(grant):
        visit(page, site + path)
        yield path


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(PHONE, "dark"), (DESK, "light")], ids=["phone-dark", "desk-light"]
)
def test_axe_finds_nothing_but_the_frame_of_unfold(
    window: OpenWindow, live_server: LiveServer, grant: Grant, scheme: str, viewport: dict
) -> None:
    with window(locale="en", scheme=scheme, viewport=viewport) as page:
        for path in visit_all(page, live_server.url, grant):
            unfold_all(page)
            allowed = FRAME if "/admin/consent/" in path or "change/" in path else {"region"}
            if path.endswith(("revoke/", "history/")) or "scope=" in path:
                allowed = {"region"}
            assert_axe_finds_nothing(page, but=allowed)


@pytest.mark.spec("WCAG 2.2", "1.4.10")
def test_nothing_is_wider_than_a_phone(
    window: OpenWindow, live_server: LiveServer, grant: Grant
) -> None:
    with window(locale="de", viewport=PHONE) as page:
        for _path in visit_all(page, live_server.url, grant):
            assert_nothing_is_wider(page)


def test_an_export_says_how_far_it_has_come(
    page: Page, live_server: LiveServer, grant: Grant
) -> None:
    bring_in(page, live_server.url, "root", PASSWORD)
    page.goto(f"{live_server.url}/admin/history/?kind=granted")
    rows = Act.objects.filter(kind=Kind.GRANTED).count()

    with page.expect_download() as download:
        page.get_by_role("button", name="JSON Lines").click()

    lines = download.value.path().read_text(encoding="utf-8").splitlines()
    assert len(lines) == rows
    assert download.value.suggested_filename.startswith("history-")
    expect(page.locator(".export [role=status]")).to_have_text(f"Saved: {rows} rows.")
    assert page.locator("progress").evaluate("bar => bar.value === bar.max")


def test_without_the_script_an_export_is_a_download(
    page: Page, live_server: LiveServer, grant: Grant
) -> None:
    page.route("**/js/export.js", lambda route: route.abort())
    bring_in(page, live_server.url, "root", PASSWORD)
    page.goto(f"{live_server.url}/admin/consent/grant/")

    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()

    assert str(grant.pk) in download.value.path().read_text(encoding="utf-8")


def test_an_export_that_fails_says_so(page: Page, live_server: LiveServer, grant: Grant) -> None:
    bring_in(page, live_server.url, "root", PASSWORD)
    page.goto(f"{live_server.url}/admin/history/")
    page.route("**/history/export/**", lambda route: route.abort())

    page.get_by_role("button", name="CSV").click()

    expect(page.locator(".export [role=status]")).to_have_text("Stopped: the file is not complete.")
    expect(page.get_by_role("button", name="CSV")).to_be_enabled()


def test_revoking_asks_for_the_reason(page: Page, live_server: LiveServer, grant: Grant) -> None:
    bring_in(page, live_server.url, "root", PASSWORD)
    page.goto(f"{live_server.url}/admin/consent/grant/{grant.pk}/change/")
    follow(page.get_by_role("link", name="Revoke"))
    page.get_by_label("Reason").fill("Left the company")

    follow(page.locator("main button.danger"))

    assert Grant.objects.get(pk=grant.pk).revoked_at is not None
    expect(page.get_by_text("1 grant has been revoked.")).to_be_visible()
