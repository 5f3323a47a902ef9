"""Levels of sign-in in the administration: named, needed, and never pulled from under anybody."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from claims.catalogue.models import AuthorizationDetailsType, Scope
from consent.approvals.models import ApprovalRule
from foundation.base.configuration.deciding import meta_of
from foundation.directory import levels
from foundation.directory.factors.proofs import Strength
from foundation.directory.level_field import fields_of_levels
from foundation.directory.models import Client, SignInLevel
from tests.approvals.asking import make_rule
from tests.levels import name_levels
from tests.relying_party import RelyingParty

LIST = reverse("admin:directory_signinlevel_changelist")
ADD = reverse("admin:directory_signinlevel_add")
ONE, TWO, THREE = (f"urn:scopeward:acr:{place}" for place in (1, 2, 3))


def page(takes: int, name: str = "change") -> str:
    row = SignInLevel.objects.get(takes=takes)
    return reverse(f"admin:directory_signinlevel_{name}", args=[row.pk])


def form(**changes: Any) -> dict[str, Any]:
    return {"value": "gold", "title": "Gold", "title_de": "Golden", **changes}


def problems(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer
    found: dict[str, Any] = answer.context["adminform"].form.errors
    return found


def delete(browser: Browser, *takes: int) -> str:
    """Delete in the list, as its action does; return what the page says."""
    chosen = [SignInLevel.objects.get(takes=each).pk for each in takes]
    sent = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    return browser.post(LIST, sent, follow=True).content.decode()


def test_levels_begin_as_one_factor_two_factors_and_passkey() -> None:
    assert list(SignInLevel.objects.values_list("takes", "value")) == [
        (1, ONE), (2, TWO), (3, THREE),
    ]  # fmt: skip
    with override("de"):
        assert levels.known_levels()[1].in_words() == f"Zwei Faktoren ({TWO})"


@pytest.mark.spec("OIDC Discovery", "3")
@pytest.mark.spec("RFC 9470", "7")
def test_new_name_is_in_discovery_and_what_a_sign_in_reaches(
    browser: Browser, rp: RelyingParty, person: Any
) -> None:
    sent = browser.post(page(1), form(value="bronze"))

    assert sent.status_code == 302
    found = rp.browser.get("/.well-known/openid-configuration").json()
    assert found["acr_values_supported"] == ["bronze", TWO, THREE]
    assert levels.acr_of(Strength.ONE_FACTOR) == "bronze"


@pytest.mark.parametrize("value", ["", "two words", 'quo"te', "back\\slash", "ä", TWO])
def test_name_that_no_request_could_bring_or_that_is_taken_is_refused(
    browser: Browser, value: str
) -> None:
    assert list(problems(browser.post(page(1), form(value=value)))) == ["value"]


def uses(name: str, level: str, application: Client) -> None:
    """Let a row of one kind need a level."""
    rows = {
        "catalogue.scope": Scope.objects.filter(name="email"),
        "catalogue.authorizationdetailstype": AuthorizationDetailsType.objects.all(),
        "approvals.approvalrule": ApprovalRule.objects.all(),
        "directory.client": Client.objects.filter(pk=application.pk),
    }[name]
    assert rows.update(minimum_acr=level)


COLUMNS = sorted(
    f"{meta_of(model).label_lower}.{field.name}" for model, field in fields_of_levels()
)


def test_every_column_of_that_name_is_known_to_name_a_level() -> None:
    from django.apps import apps

    named = {
        f"{meta_of(model).label_lower}.{field.name}"
        for model in apps.get_models()
        for field in meta_of(model).concrete_fields
        if field.name == "minimum_acr"
    }
    assert named <= set(COLUMNS)


@pytest.mark.parametrize("column", COLUMNS)
def test_level_that_something_needs_is_neither_renamed_nor_removed(
    browser: Browser, application: Client, column: str
) -> None:
    make_rule("requester")  # type: ignore[arg-type]
    uses(column.rpartition(".")[0], THREE, application)

    [said] = problems(browser.post(page(3), form()))["value"]
    assert "Change that first." in said
    assert "Change that first." in delete(browser, 3)
    assert browser.post(page(3, "delete"), {"post": "yes"}).status_code == 200
    assert levels.levels() == (ONE, TWO, THREE)
    # The title is only what people read.
    assert browser.post(page(3), form(value=THREE)).status_code == 302


def test_levels_are_removed_from_the_top_and_come_back_in_order(browser: Browser) -> None:
    assert "stands above it" in delete(browser, 2)
    assert "the weakest one stays" in delete(browser, 1)
    assert "the weakest one stays" in delete(browser, 1, 2, 3)
    assert levels.levels() == (ONE, TWO, THREE)

    delete(browser, 2, 3)
    assert levels.levels() == (ONE,)
    assert levels.acr_of(Strength.PHISHING_RESISTANT) == ONE

    assert list(problems(browser.post(ADD, form(takes="3")))) == ["takes"]
    assert browser.post(ADD, form(takes="2")).status_code == 302
    assert levels.levels() == (ONE, "gold")
    browser.post(ADD, form(takes="3", value="platinum"))
    assert browser.get(ADD).status_code == 403


def test_strength_is_not_moved_to_another_level(browser: Browser) -> None:
    browser.post(page(1), form(value=ONE, takes="3"))

    assert SignInLevel.objects.get(value=ONE).takes == 1


def test_gap_that_somebody_made_in_the_database_lifts_nobody() -> None:
    """What stood above the gap is reached by nobody, not by the strength below."""
    SignInLevel.objects.filter(takes=2).delete()

    assert levels.levels() == (ONE,)
    assert not levels.satisfies(levels.acr_of(Strength.TWO_FACTORS), THREE)


def test_levels_cost_no_statement_once_they_are_known() -> None:
    name_levels("a", "b")
    levels.levels()

    with CaptureQueriesContext(connection) as asked:
        assert levels.satisfies(levels.acr_of(Strength.TWO_FACTORS), "b")
    assert len(asked) == 0
