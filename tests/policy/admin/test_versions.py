"""The editor: what may be edited by whom, and what is shown beside it."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from foundation.directory.models import User
from foundation.journal.acts import acts_about, record_changes
from policy import services
from policy.models import PolicySet, PolicyVersion, VersionState
from tests.policy.admin.conftest import browser_with
from tests.policy.conftest import NOTHING_AT_NIGHT, READING


def page_of(version: PolicyVersion, page: str = "change") -> str:
    return reverse(f"admin:policy_policyversion_{page}", args=[version.pk])


def save(browser: Browser, version: PolicyVersion, text: str, **said: str) -> Any:
    posted = {"text": text, "note": "changed", "seen": version.fingerprint, **said}
    return browser.post(page_of(version), posted)


def stored(version: PolicyVersion) -> str:
    return PolicyVersion.objects.get(pk=version.pk).text


def test_a_draft_is_saved_with_who_saved_it(
    browser: Browser, draft: PolicyVersion, administrator: User
) -> None:
    response = save(browser, draft, READING)

    assert response.status_code == 302
    assert stored(draft) == READING
    record_changes()
    act = acts_about(draft).first()
    assert act is not None
    assert (act.kind, act.detail["label"], act.detail["changes"]["text"][1]) == (
        "changed",
        2,
        READING,
    )
    assert (act.actor, act.personal.actor_id) == ("administrator", str(administrator.pk))


def test_a_draft_that_somebody_else_changed_is_not_overwritten(
    browser: Browser, draft: PolicyVersion
) -> None:
    seen = draft.fingerprint
    services.edit(draft, "// theirs\n", note="", seen=seen)

    response = save(browser, draft, "// mine\n", seen=seen)

    assert response.status_code == 200
    assert "// mine" in response.content.decode()
    assert stored(draft) == "// theirs\n"


@pytest.mark.parametrize("state", [VersionState.ACTIVE, VersionState.RETIRED])
def test_a_forged_post_edits_no_version_that_is_not_a_draft(
    browser: Browser, active: PolicyVersion, state: VersionState
) -> None:
    PolicyVersion.objects.update(state=state)

    assert save(browser, active, "").status_code == 403
    assert stored(active) == READING


@pytest.mark.parametrize("column", ["state", "number", "policy_set", "activated_at"])
def test_a_forged_post_changes_nothing_but_text_and_note(
    browser: Browser, draft: PolicyVersion, column: str
) -> None:
    other = PolicySet.objects.create(title="Other", audience="https://other.example")
    said = {"state": "active", "number": "99", "policy_set": str(other.pk), "activated_at": "now"}
    before = PolicyVersion.objects.values_list(column).get(pk=draft.pk)

    save(browser, draft, READING, **{column: said[column]})

    assert PolicyVersion.objects.values_list(column).get(pk=draft.pk) == before


def test_problems_are_shown_with_line_and_column(browser: Browser, draft: PolicyVersion) -> None:
    save(browser, draft, READING + "\npermit (principal, action, resource) when { context.our };")

    html = browser.get(page_of(draft)).content.decode()

    assert "Line 4, column 1" in html
    assert 'id="L4" class="bad"' in html
    assert page_of(draft, "activate") not in html


def test_what_is_written_in_policies_is_escaped(browser: Browser, draft: PolicyVersion) -> None:
    save(browser, draft, '@id("</textarea><script>alert(1)</script>")\npermit (', note="<script>x")

    html = browser.get(page_of(draft)).content.decode()

    assert "<script>alert(1)" not in html
    assert "<script>x" not in html


def test_a_new_draft_begins_with_the_text_of_another(
    browser: Browser, active: PolicyVersion
) -> None:
    add = reverse("admin:policy_policyversion_add")
    form = browser.get(add, {"from": active.pk}).context["adminform"].form

    assert form["text"].value() == READING

    browser.post(add, {"policy_set": active.policy_set_id, "text": READING, "note": "again"})
    version = PolicyVersion.objects.get(number=2)
    assert (version.state, version.text, version.note) == (VersionState.DRAFT, READING, "again")


@pytest.mark.parametrize("said", ["", "0", "x", "99999999999999999999999", "-1"])
def test_a_draft_from_nothing_is_empty(browser: Browser, active: PolicyVersion, said: str) -> None:
    response = browser.get(reverse("admin:policy_policyversion_add"), {"from": said})

    assert response.status_code == 200
    assert not response.context["adminform"].form["text"].value()


def test_a_text_without_end_is_refused(browser: Browser, draft: PolicyVersion) -> None:
    response = save(browser, draft, "/" * 200_001)

    assert response.status_code == 200
    assert stored(draft) != "/" * 200_001


def test_a_draft_is_discarded(browser: Browser, draft: PolicyVersion) -> None:
    browser.post(page_of(draft, "discard"))

    assert not PolicyVersion.objects.filter(pk=draft.pk).exists()


def test_looking_discards_nothing(browser: Browser, draft: PolicyVersion) -> None:
    assert browser.get(page_of(draft, "discard")).status_code == 405
    assert PolicyVersion.objects.filter(pk=draft.pk).exists()


def test_what_is_in_force_is_not_discarded(browser: Browser, active: PolicyVersion) -> None:
    assert browser.post(page_of(active, "discard")).status_code == 403
    assert PolicyVersion.objects.filter(pk=active.pk).exists()


@pytest.mark.parametrize("page", ["change", "discard", "gallery"])
def test_who_may_only_look_changes_nothing(draft: PolicyVersion, page: str) -> None:
    browser = browser_with("view_policyversion")
    posted = {"text": "", "note": "", "seen": draft.fingerprint, "entry": "business_hours"}

    assert browser.get(page_of(draft)).status_code == 200
    assert browser.post(page_of(draft, page), posted).status_code == 403
    assert stored(draft) == READING + NOTHING_AT_NIGHT


@pytest.mark.parametrize("page", ["change", "activate", "retire", "gallery", "compare", "discard"])
def test_without_permission_there_is_nothing_to_see(draft: PolicyVersion, page: str) -> None:
    assert browser_with().get(page_of(draft, page)).status_code in (302, 403)


@pytest.mark.parametrize("page", ["activate", "retire", "gallery", "compare", "discard"])
def test_a_version_that_there_is_not(browser: Browser, draft: PolicyVersion, page: str) -> None:
    address = reverse(f"admin:policy_policyversion_{page}", args=[draft.pk + 99])

    assert browser.get(address).status_code in (302, 404)
    assert browser.post(address).status_code in (302, 404)


def test_the_gallery_goes_to_the_end_of_the_draft(browser: Browser, draft: PolicyVersion) -> None:
    posted = {
        "entry": "business_hours",
        "business_hours-opening": "7",
        "business_hours-closing": "20",
        "business_hours-last_day": "6",
    }

    for _ in range(2):
        assert browser.post(page_of(draft, "gallery"), posted).status_code == 302

    text = stored(draft)
    assert text.startswith(READING + NOTHING_AT_NIGHT)
    assert text.count("context.hour >= 7 &&") == 2
    assert '@id("business-hours-2")' in text


@pytest.mark.parametrize("value", ["25", "8 || true", "", '8"', "-1"])
def test_a_parameter_that_is_none_inserts_nothing(
    browser: Browser, draft: PolicyVersion, value: str
) -> None:
    posted = {
        "entry": "business_hours",
        "business_hours-opening": value,
        "business_hours-closing": "20",
        "business_hours-last_day": "6",
    }

    assert browser.post(page_of(draft, "gallery"), posted).status_code == 200
    assert stored(draft) == READING + NOTHING_AT_NIGHT


def test_the_gallery_is_for_drafts(browser: Browser, active: PolicyVersion) -> None:
    response = browser.post(page_of(active, "gallery"), {"entry": "scopes_must_cover"})

    assert response.status_code == 403
    assert stored(active) == READING
