"""Approvals as records: found, exported, shown in full, revoked with a reason."""

import json
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from consent.approvals.models import Approval, ApprovalState
from foundation.directory.models import Client, User
from foundation.journal.acts import Actor, Kind
from foundation.journal.models import Act
from tests.admin.conftest import browser_of, staff
from tests.approvals.asking import Asking
from tests.factories import make_client, make_person

LIST = reverse("admin:approvals_approval_changelist")


@pytest.fixture
def approval(person: User, application: Client) -> Approval:
    return Asking(application, person).lodge()


def page(approval: Approval, name: str = "revoke") -> str:
    return reverse(f"admin:approvals_approval_{name}", args=[approval.pk])


def state(approval: Approval) -> str:
    return Approval.objects.get(pk=approval.pk).state


def test_an_approval_ends_with_a_reason(
    browser: Browser, administrator: User, approval: Approval
) -> None:
    response = browser.post(page(approval), {"reason": "Wrong data"})

    assert response["Location"] == page(approval, "change")
    assert state(approval) == ApprovalState.REVOKED
    act = Act.objects.select_related("personal").get(kind=Kind.QUERY_REVOKED)
    assert (act.actor, act.personal.reason) == (Actor.ADMINISTRATOR, "Wrong data")
    assert act.personal.actor_id == str(administrator.pk)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_without_a_reason_it_stands(browser: Browser, approval: Approval, reason: str) -> None:
    assert browser.post(page(approval), {"reason": reason}).status_code == 200
    assert browser.get(f"{page(approval)}?reason=x").status_code == 200
    assert state(approval) == ApprovalState.PENDING


def test_what_is_over_is_not_ended_again(browser: Browser, approval: Approval) -> None:
    browser.post(page(approval), {"reason": "first"})

    assert browser.post(page(approval), {"reason": "second"}).status_code == 404
    assert page(approval) not in browser.get(page(approval, "change")).content.decode()


def test_who_may_only_look_ends_nothing(approval: Approval) -> None:
    onlooker = browser_of(staff("approvals.view_approval"))
    chosen = {"action": "revoke", "_selected_action": [approval.pk]}

    assert onlooker.post(page(approval), {"reason": "x"}).status_code == 403
    onlooker.post(LIST, {**chosen, "confirmed": "1", "reason": "x"})
    assert page(approval) not in onlooker.get(page(approval, "change")).content.decode()
    assert state(approval) == ApprovalState.PENDING


def test_several_end_with_one_reason_that_is_asked_for(
    browser: Browser, approval: Approval, person: User
) -> None:
    other = Asking(make_client(client_name="Other")[0], person).lodge()
    chosen = {"action": "revoke", "_selected_action": [approval.pk, other.pk]}

    browser.post(LIST, chosen)
    browser.post(LIST, {**chosen, "confirmed": "1", "reason": ""})
    assert {state(approval), state(other)} == {ApprovalState.PENDING}
    browser.post(LIST, {**chosen, "confirmed": "1", "reason": "Audit"})

    assert {state(approval), state(other)} == {ApprovalState.REVOKED}


def test_they_are_found_by_person_application_code_and_state(
    browser: Browser, approval: Approval
) -> None:
    grace = make_person(username="grace", name="Grace")
    other = Asking(make_client(client_name="Other")[0], grace).lodge()

    for query, found in (
        ({"q": "ada"}, {approval.pk}),
        ({"q": "Other"}, {other.pk}),
        ({"q": approval.binding_code}, {approval.pk}),
        ({"q": str(other.pk)}, {other.pk}),
        ({"q": "nothing-like-it"}, set()),
        ({"state": "pending"}, {approval.pk, other.pk}),
        ({"state": "denied"}, set()),
        ({"emergency": "1"}, set()),
        ({"client": approval.client_id}, {approval.pk}),
        ({"requester__id__exact": str(grace.pk)}, {other.pk}),
    ):
        listed: Any = browser.get(LIST, query).context["cl"].result_list
        assert {row.pk for row in listed} == found, query


def test_what_is_filtered_is_exported_and_that_is_an_act(
    browser: Browser, approval: Approval
) -> None:
    address = reverse("admin:approvals_approval_export")
    response = browser.post(f"{address}?q=ada", {"format": "jsonl"})

    (line,) = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert json.loads(line)["approval_id"] == str(approval.pk)
    assert Act.objects.get(kind=Kind.EXPORTED).detail["what"] == "approvals"


def test_its_page_shows_what_was_asked_for_and_its_timeline_what_happened(
    browser: Browser, approval: Approval
) -> None:
    html = browser.get(page(approval, "change")).content.decode()
    entries = browser.get(page(approval, "history")).context["act_entries"]

    assert approval.detail["statement"] in html
    assert "Nobody has voted." in html
    assert [entry.act.kind for entry in entries] == [Kind.QUERY_REQUESTED]
