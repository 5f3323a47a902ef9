"""My access over HTTP."""

import uuid
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client as Browser

from consent.grants import services as grant_services
from consent.models import DecisionOutcome, Grant, ScopeDecision
from foundation.directory.models import User
from foundation.journal import acts as history
from foundation.journal.acts import Actor, Entry, Kind
from tests.consent.asking import Asking, change_scope
from tests.html_forms import HtmlForm, forms

OVERVIEW = "/account/access/"
ACTIONS = ["take-back", "leave", "ask-again"]


@pytest.fixture
def grant(asking: Asking) -> Grant:
    """Query Desk holds email and roles; phone was denied to it."""
    return asking.allow(["email", "roles", "phone"], ["email", "roles"])


def path(grant: Grant, action: str) -> str:
    return f"{OVERVIEW}{grant.pk}/{action}/"


def switches(html: str, grant: Grant) -> list[HtmlForm]:
    return [form for form in forms(html) if form.action == path(grant, "take-back")]


def html_of(response: Any) -> str:
    return unescape(response.content.decode())


def unchanged(grant: Grant) -> bool:
    now = Grant.objects.get(pk=grant.pk)
    return (now.version, now.revoked_at) == (grant.version, None)


def test_overview_lists_what_each_application_holds(browser: Browser, grant: Grant) -> None:
    html = html_of(browser.get(OVERVIEW))

    assert "Query Desk" in html
    assert "See your e-mail address." in html
    assert [form.data["scope"] for form in switches(html, grant)] == [["email"], ["roles"]]
    assert f'href="{path(grant, "leave")}"' in html


def test_overview_offers_no_way_to_take_back_the_sign_in_alone(
    browser: Browser, grant: Grant
) -> None:
    html = html_of(browser.get(OVERVIEW))

    assert ["openid"] not in [form.data["scope"] for form in switches(html, grant)]
    assert "It belongs to signing in, so it has no switch" in html


def test_single_claim_is_named_and_has_a_switch(browser: Browser, asking: Asking) -> None:
    asking.register("profile")
    alone = {"userinfo": {"name": None}}
    grant = asking.answer(asking.open("openid", requested_claims=alone), "profile\\name")
    assert grant is not None

    html = html_of(browser.get(OVERVIEW))

    assert "Only this detail, nothing else of “Profile”." in html
    assert "Ada Lovelace" in html
    browser.post(path(grant, "take-back"), {"scope": "profile\\name"})
    assert Grant.objects.get().scopes == {"openid": None}
    assert ScopeDecision.objects.get().outcome == DecisionOutcome.DENIED


def test_overview_shows_what_a_token_would_release(browser: Browser, grant: Grant) -> None:
    html = html_of(browser.get(OVERVIEW))

    assert "ada@example.com" in html.partition("Not allowed")[0]
    assert "+44 20 7946" not in html


def test_overview_shows_no_value_that_was_left_out_or_has_ended(
    browser: Browser, asking: Asking, grant: Grant
) -> None:
    Grant.objects.update(
        scopes={"openid": None, "email": 1, "profile": None},
        withheld_claims={"profile": ["name"]},
    )

    html = html_of(browser.get(OVERVIEW))

    assert "ada@example.com" not in html
    assert "Ada Lovelace" not in html


def test_overview_tells_when_an_application_was_last_used(browser: Browser, grant: Grant) -> None:
    assert "not used yet" in html_of(browser.get(OVERVIEW))
    at = datetime(2026, 5, 4, 15, 30, tzinfo=UTC)
    history.record([Entry(kind=Kind.MINTED, actor=Actor.CLIENT, grant=grant.pk, at=at)])

    assert "last used 4 May 2026, 15:30" in html_of(browser.get(OVERVIEW))


def test_switch_of_what_an_application_needs_asks_first(browser: Browser, grant: Grant) -> None:
    change_scope("email", policy="required")

    email, roles = switches(html_of(browser.get(OVERVIEW)), grant)

    assert (email.method, roles.method) == ("get", "post")


def test_ended_scope_has_no_switch(browser: Browser, grant: Grant) -> None:
    Grant.objects.update(scopes={"openid": None, "email": 1})

    assert switches(html_of(browser.get(OVERVIEW)), grant) == []


def test_overview_takes_few_statements_however_much_there_is(
    browser: Browser, ada: User, make_client: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        Asking(ada, make_client(f"Application {number}")).allow(["email", "roles"], ["email"])
    browser.get(OVERVIEW)

    with django_assert_max_num_queries(12):
        browser.get(OVERVIEW)


def test_overview_shows_denials_and_lets_them_be_asked_again(
    browser: Browser, grant: Grant
) -> None:
    html = html_of(browser.get(OVERVIEW)).partition("Not allowed")[2]

    assert "Phone number" in html
    assert f'action="{path(grant, "ask-again")}"' in html


def test_overview_without_applications_says_so(browser: Browser) -> None:
    assert "No application has access." in html_of(browser.get(OVERVIEW))


def test_overview_is_one_s_own(linus: User, grant: Grant) -> None:
    other = Browser()
    other.force_login(linus)

    assert "Query Desk" not in html_of(other.get(OVERVIEW))


def test_asking_whether_to_take_back_changes_nothing(browser: Browser, grant: Grant) -> None:
    html = html_of(browser.get(path(grant, "take-back"), {"scope": "email"}))

    assert "Take back: E-mail address?" in html
    assert unchanged(grant)


def test_one_scope_is_taken_back(browser: Browser, grant: Grant) -> None:
    response = browser.post(path(grant, "take-back"), {"scope": "email"}, follow=True)

    assert "Taken back from Query Desk: E-mail address." in html_of(response)
    assert Grant.objects.get().scopes == {"openid": None, "roles": None}
    assert ScopeDecision.objects.get(scope="email").outcome == DecisionOutcome.DENIED


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("scope", ["openid", "phone", "root", ""])
def test_scope_that_is_not_held_cannot_be_taken_back(
    browser: Browser, grant: Grant, method: str, scope: str
) -> None:
    response = getattr(browser, method)(path(grant, "take-back"), {"scope": scope})

    assert response.status_code == 404
    assert unchanged(grant)


def test_scope_in_the_address_is_not_taken_back_by_a_post(browser: Browser, grant: Grant) -> None:
    assert browser.post(f"{path(grant, 'take-back')}?scope=email").status_code == 404
    assert unchanged(grant)


def test_asking_whether_to_leave_changes_nothing(browser: Browser, grant: Grant) -> None:
    assert "Leave Query Desk?" in html_of(browser.get(path(grant, "leave")))
    assert unchanged(grant)


def test_leaving_ends_the_grant(browser: Browser, grant: Grant) -> None:
    response = browser.post(path(grant, "leave"), follow=True)

    assert "Query Desk has no access any more." in html_of(response)
    assert Grant.objects.get().revoked_at is not None


def test_ended_grant_cannot_be_left_again(browser: Browser, grant: Grant) -> None:
    grant_services.revoke_grant(grant)

    assert browser.post(path(grant, "leave")).status_code == 404


def test_denied_scope_may_be_asked_again(browser: Browser, grant: Grant) -> None:
    response = browser.post(path(grant, "ask-again"), {"scope": "phone"}, follow=True)

    assert "may ask you for it again" in html_of(response)
    assert not ScopeDecision.objects.filter(scope="phone").exists()


@pytest.mark.parametrize("scope", ["email", "openid", "root", ""])
def test_only_denials_are_asked_again(browser: Browser, grant: Grant, scope: str) -> None:
    response = browser.post(path(grant, "ask-again"), {"scope": scope})

    assert response.status_code == 404
    assert ScopeDecision.objects.filter(scope="email").exists()


def test_asking_again_needs_a_post(browser: Browser, grant: Grant) -> None:
    assert browser.get(path(grant, "ask-again"), {"scope": "phone"}).status_code == 405
    assert ScopeDecision.objects.filter(scope="phone").exists()


@pytest.mark.parametrize("action", ACTIONS)
def test_another_person_s_grant_does_not_exist(linus: User, grant: Grant, action: str) -> None:
    other = Browser()
    other.force_login(linus)

    assert other.post(path(grant, action), {"scope": "email"}).status_code == 404
    assert unchanged(grant)


@pytest.mark.parametrize("action", ACTIONS)
def test_unknown_grant_does_not_exist(browser: Browser, action: str) -> None:
    assert browser.post(f"{OVERVIEW}{uuid.uuid4()}/{action}/").status_code == 404


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_takes_back_without_signing_in(grant: Grant, action: str) -> None:
    response = Browser().post(path(grant, action), {"scope": "email"})

    assert response["Location"].startswith("/accounts/login/?next=/account/access/")
    assert unchanged(grant)


@pytest.mark.parametrize("action", ACTIONS)
def test_taking_back_without_csrf_token_is_refused(
    asking: Asking, grant: Grant, action: str
) -> None:
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(asking.user)

    assert strict.post(path(grant, action), {"scope": "email"}).status_code == 403
    assert unchanged(grant)


def test_pages_of_another_site_cannot_frame_it(browser: Browser) -> None:
    assert browser.get(OVERVIEW)["X-Frame-Options"] == "DENY"


def test_overview_without_signing_in_leads_to_the_sign_in() -> None:
    assert Browser().get(OVERVIEW)["Location"].startswith("/accounts/login/")
