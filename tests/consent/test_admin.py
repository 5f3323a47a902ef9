"""Scopes, grants and decisions in the admin."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from consent import catalogue
from consent.models import Scope
from idp.models import User
from tests.consent.asking import Asking

ADD = reverse("admin:consent_scope_add")


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
    return reverse("admin:consent_scope_change", args=[Scope.objects.get(name=scope).pk])


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
        reverse("admin:consent_scope_changelist"),
        {"action": "delete_selected", "_selected_action": [chosen], "post": "yes"},
    )

    assert "phone" not in catalogue.all_scopes()


@pytest.mark.parametrize("model", ["grant", "decision"])
def test_lists_are_shown_and_nothing_is_added_by_hand(
    administrator: Browser, asking: Asking, model: str
) -> None:
    asking.allow(["email", "phone"], ["email"])

    listing = administrator.get(reverse(f"admin:consent_{model}_changelist"))

    assert listing.status_code == 200
    assert "Query Desk" in listing.content.decode()
    assert administrator.get(reverse(f"admin:consent_{model}_add")).status_code == 403


@pytest.mark.parametrize("model", ["grant", "decision"])
def test_rows_are_shown_and_not_changed(administrator: Browser, asking: Asking, model: str) -> None:
    row = asking.allow(["email"], ["email"]).decisions.get()
    key = row.pk if model == "decision" else row.grant_id
    page = reverse(f"admin:consent_{model}_change", args=[key])

    assert administrator.get(page).status_code == 200
    assert administrator.post(page, {"scope": "root"}).status_code == 403
