"""Simulating: what is asked, of which versions, with whose facts, and what is shown."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims.contents import Release, Target, contents
from claims.subject import load
from console.workbench.question_form import initial_of
from foundation.directory.models import User
from policy import services
from policy.checking import document_of, results
from policy.models import PolicyCase, PolicyVersion
from tests.policy.admin.conftest import browser_with

DAY = 1_772_452_800
QUESTION = {
    "ask": "1",
    "subject_type": "user",
    "subject_id": "somebody",
    "action": "select",
    "resource_type": "query",
    "tables": "hr.employees",
    "columns": "hr.employees.salary",
    "time": "2026-03-02T22:30",
}


def address(version: PolicyVersion) -> str:
    return reverse("admin:policy_policyset_simulate", args=[version.policy_set_id])


def ask(browser: Browser, version: PolicyVersion, **said: str) -> Any:
    return browser.get(address(version), {**QUESTION, **said})


def decisions(response: Any) -> dict[int, bool]:
    return {answer.version.number: answer.decision.permit for answer in response.context["answers"]}


def evaluation(response: Any) -> dict[str, Any]:
    asked: dict[str, Any] = response.context["form"].cleaned_data["evaluation"]
    return asked


def test_the_form_begins_with_what_people_ask_most(browser: Browser, draft: PolicyVersion) -> None:
    draft.policy_set.cases.all().delete()

    form = browser.get(address(draft)).context["form"]

    assert form.fields["action"].choices[0][0] == "select"
    assert form.fields["resource_type"].choices[0][0] == "query"


def test_the_form_begins_with_the_sets_first_test_case(
    browser: Browser, draft: PolicyVersion
) -> None:
    draft.policy_set.cases.all().delete()
    field = {"type": "field", "id": "Employee.salary"}
    question = {"subject": {"type": "user", "id": "ada"}, "action": {"name": "read"}}
    draft.policy_set.cases.create(
        title="Reading a field", permit=True, evaluation={**question, "resource": field}
    )

    form = browser.get(address(draft)).context["form"]

    assert (form["action"].value(), form["resource_type"].value()) == ("read", "field")


@pytest.mark.parametrize(
    ("time", "by_night"), [("2026-03-02T07:59", False), ("2026-03-02T08:00", True)]
)
def test_the_active_version_and_the_draft_answer_side_by_side(
    browser: Browser, draft: PolicyVersion, time: str, by_night: bool
) -> None:
    response = ask(browser, draft, time=time)

    assert decisions(response) == {1: True, 2: by_night}


def test_the_hour_is_that_of_the_sets_time_zone(browser: Browser, draft: PolicyVersion) -> None:
    draft.policy_set.timezone = "Asia/Tokyo"
    draft.policy_set.save()

    assert decisions(ask(browser, draft, time="2026-03-02T07:30"))[2] is False
    assert decisions(ask(browser, draft, time="2026-03-02T08:30"))[2] is True


def test_a_denial_names_its_policy_and_the_line(browser: Browser, draft: PolicyVersion) -> None:
    response = ask(browser, draft, time="2026-03-02T03:00")

    denied = response.context["answers"][1]
    assert denied.policies == [("day", 4)]
    assert denied.decision.reasons == ("Only by day.",)
    html = response.content.decode()
    assert f"{reverse('admin:policy_policyversion_change', args=[draft.pk])}#L4" in html


def test_the_facts_of_a_person_are_those_of_their_access_token(
    browser: Browser, draft: PolicyVersion, person: User
) -> None:
    scopes = ["openid", "roles", "clearance", "email"]

    response = ask(browser, draft, person="ada", scopes=" ".join(scopes), clearance="0")

    token = contents(Target.ACCESS_TOKEN, load(person.pk), Release(scopes))
    subject = evaluation(response)["subject"]
    assert subject["id"] == token.pop("sub")
    assert subject["properties"] == json.loads(json.dumps(token))
    assert subject["properties"]["clearance"] == 2
    assert "projects" not in subject["properties"]


@pytest.mark.parametrize("said", ["nobody", "", " ", "%", "00000000-0000-0000-0000-000000000000"])
def test_a_person_who_is_not_found_is_nobody(
    browser: Browser, draft: PolicyVersion, person: User, said: str
) -> None:
    response = ask(browser, draft, person=said)

    assert response.status_code == 200
    assert "answers" not in response.context or evaluation(response)["subject"]["properties"] == {}


def test_who_may_not_see_people_cannot_ask_about_them(draft: PolicyVersion, person: User) -> None:
    browser = browser_with("view_policyset")

    response = ask(browser, draft, person="ada", scopes="roles clearance")

    assert evaluation(response)["subject"] == {"type": "user", "id": "somebody", "properties": {}}
    assert "Ada Lovelace" not in response.content.decode()


def test_who_may_see_people_is_shown_some(
    browser: Browser, draft: PolicyVersion, person: User
) -> None:
    assert 'value="ada"' in browser.get(address(draft)).content.decode()


def test_asking_takes_sight_of_policy_sets(draft: PolicyVersion) -> None:
    assert ask(browser_with("view_policyversion"), draft).status_code == 403


@pytest.mark.parametrize(
    "said",
    [
        {"action": "nonsense"},
        {"resource_type": "user"},
        {"subject_type": "root"},
        {"time": "yesterday"},
        {"time": "9999-99-99T99:99"},
        {"risk": "101"},
        {"risk": "-1"},
        {"clearance": "x"},
        {"acr": "nothing"},
        {"more": "["},
        {"more": "[]", "clearance": "x"},
        {"more": '{"context": 1}'},
        {"more": '{"subject": {"properties": 7}}'},
        {"columns": "x" * 20_000},
    ],
)
def test_what_is_no_question_is_not_asked(
    browser: Browser, draft: PolicyVersion, said: dict[str, str]
) -> None:
    response = ask(browser, draft, **said)

    assert response.status_code == 200
    assert "answers" not in response.context


def test_what_is_typed_is_escaped(browser: Browser, draft: PolicyVersion) -> None:
    html = ask(browser, draft, resource_id="<script>alert(1)</script>").content.decode()

    assert "<script>alert(1)" not in html


def test_a_draft_with_problems_says_so_instead_of_deciding(
    browser: Browser, draft: PolicyVersion
) -> None:
    services.edit(draft, "permit (", note="", seen=draft.fingerprint)

    answers = ask(browser, draft).context["answers"]

    assert answers[0].decision.permit is True
    assert answers[1].decision is None
    assert answers[1].problems


def test_asking_costs_the_same_however_many_versions_there_are(
    browser: Browser, draft: PolicyVersion
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            ask(browser, draft)
        return len(captured)

    statements()
    before = statements()
    for _ in range(5):
        services.draft(draft.policy_set, draft.text)
    statements()

    # Looking at the epoch, at most once a second, is one more.
    assert statements() <= before + 1


def test_nothing_is_logged_by_asking(browser: Browser, draft: PolicyVersion) -> None:
    from policy.models import LoggedDecision

    ask(browser, draft, time="2026-03-02T03:00")

    assert not LoggedDecision.objects.exists()


def test_a_question_is_kept_as_the_test_case_that_it_was(
    browser: Browser, draft: PolicyVersion, person: User
) -> None:
    asked = ask(
        browser,
        draft,
        person="ada",
        scopes="roles clearance",
        risk="20",
        approved="on",
        more='{"context": {"tenant": "acme"}, "resource": {"properties": {"max_rows": 7}}}',
    )
    case_query = asked.context["case_query"]
    add = reverse("admin:policy_policycase_add")
    form = browser.get(f"{add}?{case_query}").context["adminform"].form
    data = {
        name: value
        for name in form.fields
        if (value := form[name].value()) not in (None, "", False)
    }

    response = browser.post(add, {**data, "title": "Ada at night"})

    assert response.status_code == 302
    case = PolicyCase.objects.get()
    assert case.evaluation == evaluation(asked)
    assert case.permit is True
    assert [result.passed for result in results(draft.policy_set, document_of(draft))] == [True]


def test_a_stored_question_survives_its_form(browser: Browser, draft: PolicyVersion) -> None:
    stored = {
        "subject": {
            "type": "user",
            "id": "ada",
            "properties": {"clearance": 2, "roles": ["a", "b"], "nested": {"x": [1]}},
        },
        "action": {"name": "select", "properties": {"how": "fast"}},
        "resource": {
            "type": "query",
            "id": "q1",
            "properties": {"tables": ["t"], "columns": ["t.c"], "scopes": [], "limit": 5},
        },
        "context": {"time": DAY, "scopes": ["x"], "approved": True, "tenant": "acme"},
    }
    case = PolicyCase.objects.create(
        policy_set=draft.policy_set, title="Stored", evaluation=stored, permit=True
    )
    page = reverse("admin:policy_policycase_change", args=[case.pk])
    form = browser.get(page).context["adminform"].form
    data = {
        name: value
        for name in form.fields
        if (value := form[name].value()) not in (None, "", False)
    }

    assert browser.post(page, data).status_code == 302

    case.refresh_from_db()
    assert case.evaluation == stored


@pytest.mark.parametrize(
    "broken", [[], {}, 7, "x", {"subject": 1}, {"context": []}, {"subject": {"properties": "x"}}]
)
def test_a_stored_question_that_is_none_can_be_looked_at(
    browser: Browser, draft: PolicyVersion, broken: Any
) -> None:
    case = PolicyCase.objects.create(
        policy_set=draft.policy_set, title="Broken", evaluation=broken, permit=False
    )

    page = reverse("admin:policy_policycase_change", args=[case.pk])

    assert browser.get(page).status_code == 200
    assert initial_of(broken)["more"] is not None


def test_the_cases_of_a_list_are_run_against_what_is_in_force(
    browser: Browser, draft: PolicyVersion
) -> None:
    for permit in (True, False):
        PolicyCase.objects.create(
            policy_set=draft.policy_set,
            title=f"Is {permit}",
            evaluation={
                "subject": {"type": "user", "id": "ada"},
                "action": {"name": "select"},
                "resource": {
                    "type": "query",
                    "id": "q1",
                    "properties": {"tables": [], "columns": [], "scopes": []},
                },
                "context": {"time": DAY, "scopes": []},
            },
            permit=permit,
        )

    changes = browser.get(reverse("admin:policy_policycase_changelist")).context["cl"]

    outcomes = {case.title: case.run_outcome for case in changes.result_list}
    assert outcomes == {"Is True": "passed", "Is False": "failed"}


@pytest.mark.parametrize("permission", ["view_policycase", "view_policyset"])
def test_who_may_only_look_keeps_no_test_case(draft: PolicyVersion, permission: str) -> None:
    browser = browser_with(permission)
    posted = {**QUESTION, "policy_set": draft.policy_set_id, "title": "x", "permit": "True"}

    assert browser.post(reverse("admin:policy_policycase_add"), posted).status_code == 403
    assert not PolicyCase.objects.exists()
