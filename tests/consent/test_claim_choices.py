"""Single claims inside a scope: left out, locked, remembered."""

import re
from typing import Any

import pytest
from django.test import Client as Browser

from claims.catalogue.models import ScopePolicy
from claims.models import Attribute, ClaimMapping
from consent.asking.claim_choices import essential_claims
from consent.grants import services as grant_services
from consent.models import Grant, ScopeDecision
from foundation.journal.context import DecisionContext
from tests.consent.asking import Asking, change_scope
from tests.consent.test_review import html_of, nothing_decided, submit
from tests.html_forms import form_with

PROFILE = {"profile name", "profile preferred_username", "profile updated_at"}
ESSENTIAL = {"essential": True}


def choices(html: str) -> dict[str, bool]:
    """Return the boxes for claims: ticked or not."""
    controls = form_with(html, "decision").controls
    return {value: ticked for name, value, _kind, ticked in controls if name == "claim"}


def page(browser: Browser, asking: Asking, *scopes: str, **values: Any) -> str:
    request = asking.open("openid", *scopes, **values)
    return html_of(browser.get(request.get_absolute_url()))


def allow_without(asking: Asking, *claims: str, **values: Any) -> Grant:
    request = asking.open("openid", "profile", "email", **values)
    asking.answer(request, "profile", "email", withheld={"profile": claims})
    return Grant.objects.get(revoked_at=None)


# --- what is shown --------------------------------------------------------------------------------


def test_each_detail_has_its_box_with_its_value(browser: Browser, asking: Asking) -> None:
    html = page(browser, asking, "profile")

    assert choices(html) == dict.fromkeys(PROFILE, True)
    assert "Ada Lovelace" in html


def test_a_scope_with_one_detail_has_no_box_for_it(browser: Browser, asking: Asking) -> None:
    assert choices(page(browser, asking, "email", "phone")) == {}


def test_a_required_scope_is_given_whole(browser: Browser, asking: Asking) -> None:
    change_scope("profile", policy=ScopePolicy.REQUIRED)

    html = page(browser, asking, "profile")

    assert choices(html) == {}
    assert "Ada Lovelace" in html


@pytest.mark.spec("OIDC Core", "5.5.1")
@pytest.mark.parametrize("target", ["userinfo", "id_token"])
def test_essential_claim_is_stated_and_said_to_be_so(
    browser: Browser, asking: Asking, target: str
) -> None:
    html = page(browser, asking, "profile", requested_claims={target: {"name": ESSENTIAL}})

    assert choices(html) == dict.fromkeys(PROFILE - {"profile name"}, True)
    assert "(essential to the application)" in html
    assert "Ada Lovelace" in html


@pytest.mark.spec("OIDC Core", "5.5.1")
@pytest.mark.parametrize(
    "requested",
    [
        {},
        {"userinfo": None},
        {"userinfo": []},
        {"userinfo": {"name": None}},
        {"userinfo": {"name": True}},
        {"userinfo": {"name": {"essential": False}}},
        {"userinfo": {"name": {"essential": 1}}},
        {"userinfo": {"name": {"essential": "true"}}},
        {"access_token": {"name": ESSENTIAL}},
    ],
)
def test_nothing_else_is_essential(requested: dict[str, Any]) -> None:
    assert essential_claims(requested) == frozenset()


def test_what_was_left_out_is_not_ticked_when_asked_again(browser: Browser, asking: Asking) -> None:
    allow_without(asking, "name")

    html = page(browser, asking, "profile", reopened=True)

    assert choices(html) == dict.fromkeys(PROFILE, True) | {"profile name": False}


def test_what_was_left_out_is_said_beside_what_is_kept(browser: Browser, asking: Asking) -> None:
    allow_without(asking, "name", "preferred_username")

    assert "Without: Name, Username." in page(browser, asking, "profile", "phone")


def test_my_access_says_what_was_left_out(browser: Browser, asking: Asking) -> None:
    allow_without(asking, "name")

    html = html_of(browser.get("/account/access/"))

    assert "Without: Name." in html


# --- the answer -----------------------------------------------------------------------------------


def test_claim_without_a_tick_is_left_out(browser: Browser, asking: Asking) -> None:
    kept = sorted(PROFILE - {"profile name"})

    submit(browser, asking.open("openid", "profile"), "profile", claim=kept)

    assert Grant.objects.get().withheld_claims == {"profile": ["name"]}
    assert ScopeDecision.objects.get().withheld_claims == ["name"]


def test_all_ticks_leave_nothing_out(browser: Browser, asking: Asking) -> None:
    submit(browser, asking.open("openid", "profile"), "profile", claim=sorted(PROFILE))

    assert Grant.objects.get().withheld_claims == {}


def test_a_box_that_does_not_arrive_is_a_no(browser: Browser, asking: Asking) -> None:
    submit(browser, asking.open("openid", "profile"), "profile")

    withheld = Grant.objects.get().withheld_claims["profile"]
    assert sorted(withheld) == ["name", "preferred_username", "updated_at"]


@pytest.mark.spec("OIDC Core", "5.5.1")
def test_essential_claim_is_not_left_out(browser: Browser, asking: Asking) -> None:
    request = asking.open("openid", "profile", requested_claims={"userinfo": {"name": ESSENTIAL}})

    submit(browser, request, "profile")

    assert "name" not in Grant.objects.get().withheld_claims["profile"]


def test_ticks_inside_a_scope_that_is_not_ticked_count_for_nothing(
    browser: Browser, asking: Asking
) -> None:
    submit(browser, asking.open("openid", "profile"), claim=sorted(PROFILE))

    assert Grant.objects.get().scopes == {"openid": None}
    assert ScopeDecision.objects.get().withheld_claims == []


@pytest.mark.parametrize("forged", ["email email", "roles roles", "profile", "", "profile  name"])
def test_ticks_for_other_claims_give_nothing(browser: Browser, asking: Asking, forged: str) -> None:
    submit(browser, asking.open("openid", "profile"), "profile", claim=[forged])

    grant = Grant.objects.get()
    assert grant.scopes == {"openid": None, "profile": None}
    assert "name" in grant.withheld_claims["profile"]


def test_claims_of_other_scopes_cannot_be_left_out_through_a_scope(asking: Asking) -> None:
    grant = allow_without(asking, "email", "sub", "roles", "name")

    assert grant.withheld_claims == {"profile": ["name"]}


def test_an_address_is_left_out_with_what_says_that_it_is_verified(asking: Asking) -> None:
    request = asking.open("openid", "email")
    asking.answer(request, "email", withheld={"email": ["email"]})

    assert Grant.objects.get().withheld_claims == {"email": ["email", "email_verified"]}


def test_detail_without_a_value_stays_left_out(browser: Browser, asking: Asking) -> None:
    asking.user.birthdate = "1815-12-10"
    asking.user.save()
    allow_without(asking, "birthdate")
    asking.user.birthdate = ""
    asking.user.save()

    request = asking.open("openid", "profile", reopened=True)
    submit(browser, request, "profile", claim=sorted(PROFILE))

    assert Grant.objects.get().withheld_claims == {"profile": ["birthdate"]}


def test_taking_a_scope_back_forgets_what_was_left_out_of_it(asking: Asking) -> None:
    grant = allow_without(asking, "name")

    grant_services.revoke_scope(grant, "profile", context=DecisionContext())

    grant.refresh_from_db()
    assert grant.withheld_claims == {}
    assert ScopeDecision.objects.get(scope="profile").withheld_claims == []


def test_answer_about_one_scope_leaves_what_was_left_out_of_another(asking: Asking) -> None:
    allow_without(asking, "name")

    grant = asking.allow(["phone"], ["phone"])

    assert grant.withheld_claims == {"profile": ["name"]}


def test_changing_what_is_left_out_is_a_new_version(asking: Asking) -> None:
    version = allow_without(asking, "name").version

    assert allow_without(asking, "name", "updated_at", reopened=True).version > version


def test_claim_added_behind_the_page_is_shown_before_it_is_granted(
    browser: Browser, asking: Asking
) -> None:
    request = asking.open("openid", "profile")
    shown = asking.questions("openid", "profile").fingerprint
    attribute = Attribute(name="badge", title="Badge")
    attribute.save()
    ClaimMapping(claim="badge", attribute=attribute, scope="profile").save()

    response = submit(browser, request, "profile", shown=shown)

    assert response.status_code == 409
    assert nothing_decided(request)


def test_leaving_details_out_is_not_asked_again(asking: Asking) -> None:
    allow_without(asking, "name")

    assert not asking.questions("openid", "profile", "email").must_ask


def test_boxes_have_names_of_their_own(browser: Browser, asking: Asking) -> None:
    html = page(browser, asking, "profile")

    assert re.search(r'role="group"\s+aria-label="Details: Profile"', html)
