"""From the first visit to the last: what a person once decided, and what comes of it."""

import pytest
from django.http import HttpResponse

from consent.models import DecisionOutcome, Grant, ScopeDecision
from foundation.directory.models import User
from tests.assertions import (
    assert_bearer_error,
    assert_code,
    assert_inactive,
    assert_oauth_error,
    assert_redirected_error,
)
from tests.html_forms import form_with, forms
from tests.jwt import payload_of, verified
from tests.relying_party import RelyingParty

SCOPE = "openid profile email roles offline_access"


@pytest.mark.spec("OIDC Core", "3.1.2.4")
def test_first_visit_withholds_one_scope_and_the_token_is_narrower(
    rp: RelyingParty, person: User
) -> None:
    page = rp.sign_in(person, rp.authorize(scope=SCOPE))
    assert "ada@example.org" in page.content.decode()

    response = rp.decide(page, allow={"profile", "roles", "offline_access"})

    tokens = rp.exchange(assert_code(response)).json()
    released = rp.userinfo(tokens["access_token"]).json()
    assert tokens["scope"] == "openid profile roles offline_access"
    assert verified(tokens["access_token"])["scope"] == tokens["scope"]
    assert released["name"] == "Ada Lovelace"
    assert "email" not in released
    assert ScopeDecision.objects.get(scope="email").outcome == DecisionOutcome.DENIED


@pytest.mark.spec("OIDC Core", "3.1.2.4")
def test_second_visit_needs_nobody_and_asks_nothing_withheld(
    rp: RelyingParty, person: User
) -> None:
    first = rp.obtain_tokens(person, scope=SCOPE, allow={"profile"})

    silent = rp.authorize(scope=SCOPE, prompt="none")
    plain = rp.authorize(scope=SCOPE)

    assert rp.exchange(assert_code(silent)).json()["scope"] == first["scope"]
    assert rp.exchange(assert_code(plain)).json()["scope"] == first["scope"] == "openid profile"


def test_new_scope_is_asked_about_alone(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person, scope="openid profile email", allow={"profile"})

    page = rp.follow(rp.authorize(scope="openid profile email roles"))

    form = form_with(page.content.decode(), "decision")
    assert form.values("scope", "checkbox") == ["roles"]
    tokens = rp.exchange(assert_code(rp.decide(page))).json()
    assert tokens["scope"] == "openid profile roles"


def test_consent_for_one_application_is_none_for_another(
    rp: RelyingParty, other_rp: RelyingParty, person: User
) -> None:
    rp.obtain_tokens(person, scope=SCOPE)
    other_rp.sign_in(person)

    response = other_rp.authorize(scope=SCOPE, prompt="none")

    assert_redirected_error(response, "login_required")


def test_scope_switched_off_in_my_access_narrows_everything_at_once(
    rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    grant = Grant.objects.get()
    page = rp.browser.get(f"/account/access/{grant.pk}/take-back/?scope=email")

    rp.submit(page, having="scope")

    assert_inactive(rp.introspect(tokens["access_token"]))
    refreshed = rp.refresh(tokens["refresh_token"]).json()
    assert refreshed["scope"] == "openid profile roles offline_access"
    assert "email" not in rp.userinfo(refreshed["access_token"]).json()
    silent = rp.exchange(assert_code(rp.authorize(scope=SCOPE, prompt="none"))).json()
    assert silent["scope"] == refreshed["scope"]


def test_application_without_access_any_more_is_locked_out_at_once(
    rp: RelyingParty, person: User
) -> None:
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    code = assert_code(rp.authorize(scope=SCOPE))
    grant = Grant.objects.get()
    page = rp.browser.get(f"/account/access/{grant.pk}/leave/")

    rp.browser.post(page.wsgi_request.path, _leave_form(page))

    assert_bearer_error(rp.userinfo(tokens["access_token"]), "invalid_token", status=401)
    assert_inactive(rp.introspect(tokens["access_token"]))
    assert_oauth_error(rp.refresh(tokens["refresh_token"]), "invalid_grant")
    assert_oauth_error(rp.exchange(code), "invalid_grant")
    assert_redirected_error(rp.authorize(scope=SCOPE, prompt="none"), "login_required")


def _leave_form(page: HttpResponse) -> dict[str, list[str]]:
    html = page.content.decode()
    (form,) = [f for f in forms(html) if not f.action and f.method == "post"]
    return form.data


def test_offline_access_switched_off_ends_refreshing_only(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    grant = Grant.objects.get()
    page = rp.browser.get(f"/account/access/{grant.pk}/take-back/?scope=offline_access")

    rp.submit(page, having="scope")

    assert_oauth_error(rp.refresh(tokens["refresh_token"]), "invalid_grant")
    again = rp.exchange(assert_code(rp.authorize(scope=SCOPE, prompt="none"))).json()
    assert "refresh_token" not in again
    assert again["scope"] == "openid profile email roles"


def test_person_who_was_switched_off_can_do_nothing(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    person.is_active = False
    person.save()

    assert_bearer_error(rp.userinfo(tokens["access_token"]), "invalid_token", status=401)
    assert_inactive(rp.introspect(tokens["access_token"]))
    assert_oauth_error(rp.refresh(tokens["refresh_token"]), "invalid_grant")
    assert_redirected_error(rp.authorize(prompt="none"), "login_required")


def test_two_people_in_one_browser_get_what_is_theirs(
    rp: RelyingParty, person: User, other_person: User
) -> None:
    first = rp.obtain_tokens(person, scope="openid email")
    rp.logout(id_token_hint=first["id_token"])
    second = rp.obtain_tokens(other_person, scope="openid email")

    ids = [payload_of(tokens["id_token"]) for tokens in (first, second)]

    assert [payload["sub"] for payload in ids] == [person.subject, other_person.subject]
    assert ids[0]["sid"] != ids[1]["sid"]
    assert rp.userinfo(second["access_token"]).json()["email"] == "grace@example.org"
