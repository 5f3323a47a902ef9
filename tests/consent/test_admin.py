"""Scopes, grants and decisions in the admin."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from claims.catalogue import scopes as catalogue
from claims.catalogue.models import Scope
from foundation.directory.models import User
from tests.consent.asking import Asking
from tests.levels import name_levels

ADD = reverse("admin:catalogue_scope_add")


@pytest.fixture
def administrator() -> Browser:
    user = User.objects.create(username="admin", is_staff=True, is_superuser=True)
    browser = Browser()
    browser.force_login(user)
    return browser


def form(**values: Any) -> dict[str, Any]:
    usual = {
        "name": "reports:read",
        "title": "Reports",
        "sentence": "Read your reports.",
        "title_de": "Berichte",
        "sentence_de": "Ihre Berichte lesen.",
        "card": "access",
        "policy": "optional",
        "position": "50",
        "is_active": "on",
    }
    return {**usual, **values}


def change_page(scope: str) -> str:
    return reverse("admin:catalogue_scope_change", args=[Scope.objects.get(name=scope).pk])


def test_new_scope_is_in_the_catalogue_at_once(administrator: Browser) -> None:
    catalogue.all_scopes()

    response = administrator.post(ADD, form())

    assert response.status_code == 302
    entry = catalogue.all_scopes()["reports:read"]
    assert entry.texts["de"] == {"title": "Berichte", "sentence": "Ihre Berichte lesen."}


@pytest.mark.spec("RFC 6749", "3.3")
@pytest.mark.parametrize("name", ["two words", 'quo"te', "back\\slash", "ümlaut", ""])
def test_scope_with_a_name_that_no_request_can_carry_is_refused(
    administrator: Browser, name: str
) -> None:
    response = administrator.post(ADD, form(name=name))

    assert response.status_code == 200
    assert "name" in response.context["adminform"].form.errors


def test_name_of_a_scope_stays(administrator: Browser) -> None:
    administrator.post(change_page("email"), form(name="mail"))

    assert Scope.objects.filter(name="email", title="Reports").exists()
    assert not Scope.objects.filter(name="mail").exists()


def test_correcting_a_text_asks_nobody_again(administrator: Browser, asking: Asking) -> None:
    asking.allow(["email"], ["email"])

    administrator.post(change_page("email"), form(sentence="See your email address."))

    assert catalogue.all_scopes()["email"].sentence == "See your email address."
    assert not asking.questions("openid", "email").must_ask


def test_changed_meaning_asks_again(administrator: Browser, asking: Asking) -> None:
    asking.allow(["email"], ["email"])

    administrator.post(change_page("email"), form(ask_again="on"))

    assert asking.questions("openid", "email").must_ask


def test_texts_in_languages_that_are_not_offered_are_kept(administrator: Browser) -> None:
    Scope.objects.filter(name="email").update(translations={"fr": {"title": "Courriel"}})

    administrator.post(change_page("email"), form(sentence_de=""))

    stored = Scope.objects.get(name="email").translations
    assert stored == {"fr": {"title": "Courriel"}, "de": {"title": "Berichte"}}


def test_deleting_scopes_in_bulk_is_seen_at_once(administrator: Browser) -> None:
    catalogue.all_scopes()
    chosen = Scope.objects.get(name="phone").pk

    administrator.post(
        reverse("admin:catalogue_scope_changelist"),
        {"action": "delete_selected", "_selected_action": [chosen], "post": "yes"},
    )

    assert "phone" not in catalogue.all_scopes()


@pytest.mark.parametrize("model", ["grant", "scopedecision"])
def test_lists_are_shown_and_nothing_is_added_by_hand(
    administrator: Browser, asking: Asking, model: str
) -> None:
    asking.allow(["email", "phone"], ["email"])

    listing = administrator.get(reverse(f"admin:consent_{model}_changelist"))

    assert listing.status_code == 200
    assert "Query Desk" in listing.content.decode()
    assert administrator.get(reverse(f"admin:consent_{model}_add")).status_code == 403


@pytest.mark.parametrize("model", ["grant", "scopedecision"])
def test_rows_are_shown_and_not_changed(administrator: Browser, asking: Asking, model: str) -> None:
    row = asking.allow(["email"], ["email"]).decisions.get()
    key = row.pk if model == "scopedecision" else row.grant_id
    page = reverse(f"admin:consent_{model}_change", args=[key])

    assert administrator.get(page).status_code == 200
    assert administrator.post(page, {"scope": "root"}).status_code == 403


# --- parameters and levels ------------------------------------------------------------------------

TEMPLATE = {
    "name": "report:{id}",
    "sentence": "Read report {id}.",
    "title_de": "Bericht {id}",
    "sentence_de": "Bericht {id} lesen.",
}


def problems(browser: Browser, address: str = ADD, **values: Any) -> Any:
    response = browser.post(address, form(**values))
    assert response.status_code == 200, "it was accepted"
    return response.context["adminform"].form.errors


def test_template_is_added_and_shown_as_people_read_it(administrator: Browser) -> None:
    assert administrator.post(ADD, form(**TEMPLATE)).status_code == 302

    html = administrator.get(change_page("report:{id}")).content.decode()

    assert "Read report id." in html
    assert "Bericht id lesen." in html


@pytest.mark.parametrize(
    "wrong",
    [
        {"sentence": "Read a report."},
        {"sentence": "Read {id} and {other}."},
        {"sentence": "Read {id} or {."},
        {"title": "Report {other}"},
        {"sentence_de": "Berichte lesen."},
        {"title_de": "Bericht {anderer}"},
        {"name": "reports:read"},
        {"name": "report:{id}x"},
        {"name": "{id}"},
    ],
)
def test_texts_that_do_not_fit_the_name_are_refused(
    administrator: Browser, wrong: dict[str, str]
) -> None:
    assert problems(administrator, **{**TEMPLATE, **wrong})


def test_texts_are_held_to_the_name_when_changed_too(administrator: Browser) -> None:
    administrator.post(ADD, form(**TEMPLATE))

    assert "sentence" in problems(administrator, change_page("report:{id}"))
    assert "sentence" in problems(administrator, change_page("email"), sentence="See {id}.")


@pytest.mark.parametrize("name", ["report:all", "report:{number}"])
def test_name_that_another_entry_means_already_is_refused(
    administrator: Browser, name: str
) -> None:
    administrator.post(ADD, form(**TEMPLATE))

    sentence = "Read {number}." if "{" in name else "Read."
    found = problems(administrator, name=name, sentence=sentence, sentence_de="", title_de="")

    assert list(found) == ["name"]


def test_minimum_is_one_of_the_known_levels(administrator: Browser) -> None:
    name_levels("urn:example:1", "urn:example:2")

    assert "minimum_acr" in problems(administrator, minimum_acr="urn:example:3")
    assert administrator.post(ADD, form(minimum_acr="urn:example:2")).status_code == 302
    assert catalogue.all_scopes()["reports:read"].minimum_acr == "urn:example:2"


def test_level_that_is_not_known_any_more_is_not_lowered_by_saving(
    administrator: Browser,
) -> None:
    scope = Scope.objects.get(name="email")
    scope.minimum_acr = "urn:example:gone"
    scope.save()

    html = administrator.get(change_page("email")).content.decode()

    assert '<option value="urn:example:gone" selected>' in html
    administrator.post(change_page("email"), form(minimum_acr="urn:example:gone"))
    assert catalogue.all_scopes()["email"].minimum_acr == "urn:example:gone"
