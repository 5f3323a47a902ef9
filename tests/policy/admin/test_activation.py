"""Putting in force, going back, retiring: by whom, and only what was looked at."""

import re
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from foundation.directory.models import User
from foundation.journal.acts import acts_about, record_changes
from policy import services
from policy.models import LoggedDecision, PolicyCase, PolicySet, PolicyVersion, VersionState
from policy.selectors import policy_for
from scopeward_guard._authzen import Action, Decision, Entity, Evaluation
from tests.factories import WAREHOUSE
from tests.policy.admin.conftest import browser_with
from tests.policy.admin.test_versions import page_of

DAY, NIGHT = 1_772_452_800, 1_772_420_400
"""Noon and three in the morning."""


def states(policy_set: PolicySet) -> dict[int, str]:
    return dict(policy_set.versions.values_list("number", "state"))


def activate(browser: Browser, version: PolicyVersion, **said: str) -> Any:
    posted = {"seen": version.fingerprint, "instead_of": "1", **said}
    return browser.post(page_of(version, "activate"), posted)


def question(seconds: int, person: str = "ada") -> Evaluation:
    resource = {"tables": ["hr.employees"], "columns": ["hr.employees.salary"], "scopes": []}
    return Evaluation(
        subject=Entity(type="user", id=person),
        action=Action(name="select"),
        resource=Entity(type="query", id="warehouse", properties=resource),
        context={"time": seconds, "scopes": [], "client_id": "desk"},
    )


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three questions by day, two by night, all of which were permitted."""
    from policy.decision_log import services as log
    from policy.decision_log.services import entry_of, record_batch

    monkeypatch.setattr(log, "_is_kept", lambda entry: True)
    record_batch(
        entry_of(
            question(seconds),
            Decision(permit=True, policies=("reading",)),
            source="guard",
            audience=WAREHOUSE,
            client_id="desk",
        )
        for seconds in (DAY, DAY + 60, DAY + 120, NIGHT, NIGHT + 60)
    )
    assert LoggedDecision.objects.count() == 5


def test_a_version_is_put_in_force_by_who_may(
    browser: Browser, draft: PolicyVersion, administrator: User
) -> None:
    assert activate(browser, draft).status_code == 302

    assert states(draft.policy_set) == {1: VersionState.RETIRED, 2: VersionState.ACTIVE}
    record_changes()
    act = acts_about(draft).first()
    assert act is not None
    assert act.detail["changes"] == {"state": ["draft", "active"]}
    assert (act.actor, act.personal.actor_id) == ("administrator", str(administrator.pk))


def test_looking_puts_nothing_in_force(browser: Browser, draft: PolicyVersion) -> None:
    response = browser.get(page_of(draft, "activate"))

    assert response.status_code == 200
    assert states(draft.policy_set)[2] == VersionState.DRAFT


@pytest.mark.parametrize(
    "said",
    [
        {"seen": ""},
        {"seen": "0" * 32},
        {"instead_of": "0"},
        {"instead_of": "7"},
        {"instead_of": ""},
        {"instead_of": "x"},
        {"instead_of": "9" * 40},
    ],
)
def test_what_was_not_looked_at_is_not_put_in_force(
    browser: Browser, draft: PolicyVersion, said: dict[str, str]
) -> None:
    assert activate(browser, draft, **said).status_code == 200
    assert states(draft.policy_set) == {1: VersionState.ACTIVE, 2: VersionState.DRAFT}


def test_a_failing_test_case_keeps_a_version_out(browser: Browser, draft: PolicyVersion) -> None:
    PolicyCase.objects.create(
        policy_set=draft.policy_set,
        title="Ada reads at night",
        evaluation=question(NIGHT).as_json(),
        permit=True,
    )

    html = browser.get(page_of(draft, "activate")).content.decode()
    assert "Ada reads at night" in html
    assert 'name="seen"' not in html

    activate(browser, draft)
    assert states(draft.policy_set) == {1: VersionState.ACTIVE, 2: VersionState.DRAFT}


@pytest.mark.parametrize("page", ["activate", "retire"])
def test_writing_policies_is_not_deciding_which_are_in_force(
    draft: PolicyVersion, active: PolicyVersion, page: str
) -> None:
    browser = browser_with("view_policyversion", "change_policyversion", "add_policyversion")
    version = draft if page == "activate" else active

    assert browser.get(page_of(version, page)).status_code == 403
    posted = {"seen": version.fingerprint, "instead_of": "1"}
    assert browser.post(page_of(version, page), posted).status_code == 403
    assert states(draft.policy_set) == {1: VersionState.ACTIVE, 2: VersionState.DRAFT}


def test_deciding_which_are_in_force_is_not_writing_them(draft: PolicyVersion) -> None:
    browser = browser_with("view_policyversion", "view_policyset", "activate_policyversion")

    assert browser.post(page_of(draft), {"text": "", "note": ""}).status_code == 403
    assert activate(browser, draft).status_code == 302
    assert states(draft.policy_set)[2] == VersionState.ACTIVE


def roll_back(browser: Browser, policy_set: PolicySet, seen: str) -> Any:
    address = reverse("admin:policy_policyset_roll_back", args=[policy_set.pk])
    return browser.post(address, {"seen": seen})


def test_one_click_goes_back(browser: Browser, draft: PolicyVersion) -> None:
    services.activate(draft)
    page = reverse("admin:policy_policyset_change", args=[draft.policy_set_id])
    assert "Roll back to version 1" in browser.get(page).content.decode()

    roll_back(browser, draft.policy_set, "2")

    assert states(draft.policy_set) == {1: VersionState.ACTIVE, 2: VersionState.RETIRED}


@pytest.mark.parametrize("seen", ["1", "7", "", "x", "9" * 40])
def test_going_back_from_another_version_is_refused(
    browser: Browser, draft: PolicyVersion, seen: str
) -> None:
    services.activate(draft)

    assert roll_back(browser, draft.policy_set, seen).status_code in (302, 404)
    assert states(draft.policy_set) == {1: VersionState.RETIRED, 2: VersionState.ACTIVE}


def test_going_back_takes_a_post_and_the_permission(draft: PolicyVersion) -> None:
    services.activate(draft)
    browser = browser_with("view_policyset", "change_policyset", "change_policyversion")
    address = reverse("admin:policy_policyset_roll_back", args=[draft.policy_set_id])

    assert browser.get(address).status_code == 403
    assert browser.post(address, {"seen": "2"}).status_code == 403
    assert states(draft.policy_set)[2] == VersionState.ACTIVE


def test_looking_goes_back_to_nothing(browser: Browser, draft: PolicyVersion) -> None:
    address = reverse("admin:policy_policyset_roll_back", args=[draft.policy_set_id])

    assert browser.get(address).status_code == 405


def test_retiring_asks_first(browser: Browser, active: PolicyVersion) -> None:
    assert browser.get(page_of(active, "retire")).status_code == 200
    assert policy_for(WAREHOUSE) is not None

    browser.post(page_of(active, "retire"))

    assert policy_for(WAREHOUSE) is None


def test_a_draft_is_not_retired(browser: Browser, draft: PolicyVersion) -> None:
    assert browser.post(page_of(draft, "retire")).status_code == 404


def test_a_set_in_force_is_not_deleted(browser: Browser, active: PolicyVersion) -> None:
    address = reverse("admin:policy_policyset_delete", args=[active.policy_set_id])

    assert browser.post(address, {"post": "yes"}).status_code == 403
    assert PolicySet.objects.exists()


def test_who_may_not_activate_does_not_change_how_policies_are_read(
    active: PolicyVersion,
) -> None:
    browser = browser_with("view_policyset", "change_policyset")
    address = reverse("admin:policy_policyset_change", args=[active.policy_set_id])
    posted = {
        "title": "Renamed",
        "audience": "https://other.example",
        "timezone": "Europe/Berlin",
        "default_sensitivity": "0",
        "schema": '{"": {"entityTypes": {}, "actions": {}}}',
    }

    assert browser.post(address, posted).status_code == 302

    policy_set = PolicySet.objects.get()
    assert (policy_set.title, policy_set.audience) == ("Renamed", WAREHOUSE)
    assert (policy_set.timezone, policy_set.default_sensitivity) == ("UTC", 1)
    assert policy_set.schema == {}


@pytest.mark.parametrize(
    "said",
    [
        {"timezone": "Nowhere/Else"},
        {"timezone": "/etc/passwd"},
        {"schema": "[1]"},
        {"schema": "{"},
        {"schema": '{"": {}}'},
        {"schema": '{"": {"entityTypes": {}, "actions": {}}}'},
        {"default_sensitivity": "-1"},
    ],
)
def test_settings_that_cannot_be_are_not_saved(
    browser: Browser, active: PolicyVersion, said: dict[str, str]
) -> None:
    address = reverse("admin:policy_policyset_change", args=[active.policy_set_id])
    valid = {
        "title": "Renamed",
        "audience": WAREHOUSE,
        "timezone": "UTC",
        "default_sensitivity": "1",
        "schema": "",
    }

    assert browser.post(address, {**valid, **said}).status_code == 200
    assert PolicySet.objects.get().title == "Warehouse"

    assert browser.post(address, valid).status_code == 302
    assert PolicySet.objects.get().title == "Renamed"


def test_a_new_set_begins_with_a_draft_that_decides_nothing(browser: Browser) -> None:
    posted = {
        "title": "Ledger",
        "audience": "https://ledger.example",
        "timezone": "UTC",
        "default_sensitivity": "1",
        "schema": "",
    }

    assert browser.post(reverse("admin:policy_policyset_add"), posted).status_code == 302

    policy_set = PolicySet.objects.get(title="Ledger")
    assert states(policy_set) == {1: VersionState.DRAFT}
    assert policy_for("https://ledger.example") is None
    assert policy_set.cases.exists()


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize("page", ["activate", "compare"])
def test_real_decisions_that_would_change_are_listed(
    browser: Browser, draft: PolicyVersion, page: str
) -> None:
    response = browser.get(page_of(draft, page))

    comparison = response.context["comparison"]
    assert (comparison.asked, comparison.newly_denied, comparison.newly_permitted) == (5, 2, 0)
    assert [row.changed.evaluation.context["time"] for row in response.context["rows"]]
    assert "2 of the last 5 real decisions would change" in response.content.decode()


@pytest.mark.usefixtures("logged")
def test_a_version_that_decides_the_same_changes_nothing(
    browser: Browser, active: PolicyVersion
) -> None:
    same = services.draft(active.policy_set, active.text)

    comparison = browser.get(page_of(same, "compare")).context["comparison"]

    assert (comparison.asked, comparison.changed) == (5, ())


@pytest.mark.usefixtures("logged")
def test_other_resource_servers_decisions_are_not_compared(browser: Browser) -> None:
    other = PolicySet.objects.create(title="Other", audience="https://other.example")
    version = services.draft(other, "")

    assert browser.get(page_of(version, "compare")).context["comparison"].asked == 0


@pytest.mark.usefixtures("logged")
def test_who_may_not_see_decisions_sees_none(draft: PolicyVersion) -> None:
    browser = browser_with("view_policyversion", "activate_policyversion")

    assert browser.get(page_of(draft, "compare")).status_code == 403
    page = browser.get(page_of(draft, "activate"))
    assert page.context["comparison"] is None
    assert not re.search(r"\bada\b", page.content.decode())


@pytest.mark.parametrize("last", ["", "0", "-1", "x", "1000000"])
def test_how_many_are_compared_is_limited(
    browser: Browser, draft: PolicyVersion, last: str
) -> None:
    assert browser.get(page_of(draft, "compare"), {"last": last}).context["last"] == 500
