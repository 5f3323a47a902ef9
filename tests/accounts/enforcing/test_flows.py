"""Applications get nothing by a sign-in that owes a factor, whichever way they ask."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.directory.models import User
from idp.models import AuthorizationCode
from tests.accounts.enforcing.holding import (
    DUE,
    PASSKEY,
    rule_about_everybody,
    rule_about_group,
    set_administrators,
)
from tests.accounts.factors.holding import code_of, has_app, has_passkey, options_on
from tests.assertions import assert_oauth_error, assert_redirected_error
from tests.budgets import statements
from tests.factories import make_grant
from tests.jwt import payload_of
from tests.relying_party import RelyingParty, answer_of
from tests.specs.ciba.asking import newest
from tests.specs.ciba.conftest import make_asker

TWO, THREE = (f"urn:scopeward:acr:{place}" for place in (2, 3))
ESSENTIAL = json.dumps({"id_token": {"acr": {"essential": True, "values": [TWO, THREE]}}})


def granted(rp: RelyingParty, person: User) -> None:
    make_grant(person=person, client=rp.client, scopes=("openid",))


@pytest.mark.spec("OIDC Core", "3.1.2.6")
@pytest.mark.parametrize("asked", [{}, {"max_age": "1000"}, {"acr_values": TWO}])
def test_silent_sign_in_says_that_the_person_has_something_to_do(
    rp: RelyingParty, person: User, asked: dict[str, Any]
) -> None:
    granted(rp, person)
    rp.sign_in(person)
    assert answer_of(rp.authorize(prompt="none", scope="openid"))["code"]

    rule_about_everybody()

    answer = rp.authorize(prompt="none", scope="openid", **asked)
    assert_redirected_error(answer, "interaction_required")
    assert AuthorizationCode.objects.count() == 1


@pytest.mark.spec("OIDC Core", "3.1.2.6")
def test_silence_tells_who_knows_nobody_no_more_than_before(rp: RelyingParty, person: User) -> None:
    rule_about_everybody()
    rp.sign_in(person)

    assert_redirected_error(rp.authorize(prompt="none", scope="openid"), "login_required")


def test_person_is_told_before_the_application_gets_a_code(rp: RelyingParty, person: User) -> None:
    granted(rp, person)
    rule_about_everybody()

    page = rp.sign_in(person, rp.authorize(scope="openid"))

    assert page.request["PATH_INFO"] == DUE
    assert not AuthorizationCode.objects.exists()


@pytest.mark.parametrize("prompt", [None, "login", "consent", "select_account"])
def test_no_prompt_passes_by_what_is_owed(
    rp: RelyingParty, person: User, prompt: str | None
) -> None:
    granted(rp, person)
    rp.sign_in(person)
    rule_about_everybody()
    page = rp.authorize(scope="openid", prompt=prompt)
    if prompt == "login":
        page = rp.confirm_password(page)

    assert rp.follow(page).request["PATH_INFO"] == DUE
    assert not AuthorizationCode.objects.exists()


@pytest.mark.spec("RFC 9470", "5")
def test_application_is_answered_once_it_is_paid(rp: RelyingParty, person: User) -> None:
    granted(rp, person)
    secret = has_app(person)
    rule_about_everybody(wants=PASSKEY)
    key = has_passkey(person)
    page = rp.sign_in(person, rp.authorize(scope="openid"))
    page = rp.submit(page, having="code", code=code_of(secret))
    assert not AuthorizationCode.objects.exists()

    answer = rp.submit(page, having="answer", answer=json.dumps(key.get(options_on(page))))

    told = payload_of(rp.exchange(answer_of(answer)["code"]).json()["id_token"])
    assert (told["acr"], "mfa" in told["amr"]) == (THREE, True)


def test_sign_in_goes_on_to_the_application_until_it_is_due(rp: RelyingParty, person: User) -> None:
    granted(rp, person)
    rule_about_everybody(grace_days=3)

    page = rp.sign_in(person, rp.authorize(scope="openid"))

    assert page.request["PATH_INFO"] == DUE
    later = page.content.decode().split('">Later</a>')[0].rsplit('href="', 1)[1]
    assert answer_of(rp.browser.get(later))["code"]


def test_essential_level_is_no_way_around_where_nothing_may_be_added(
    rp: RelyingParty, person: User, settings: Any
) -> None:
    settings.SCOPEWARD = replace(settings.SCOPEWARD, enrol_on_the_way=False)
    granted(rp, person)
    rp.sign_in(person)
    rule_about_everybody()

    page = rp.follow(rp.authorize(scope="openid", claims=ESSENTIAL))

    assert "Ask your administrator" in page.content.decode()
    assert not AuthorizationCode.objects.exists()


@pytest.mark.spec("CIBA Core", "10.1")
def test_question_without_a_browser_is_not_answered(provider: None, person: User) -> None:
    asker = make_asker()
    auth_req_id = asker.asked()
    rule_about_everybody()
    asker.sign_in(person)

    seen = asker.browser.get(newest().get_absolute_url())

    assert seen["Location"].startswith(DUE)
    assert_oauth_error(asker.poll(auth_req_id), "authorization_pending")


def test_silent_sign_in_takes_no_statement_for_the_rules(rp: RelyingParty, person: User) -> None:
    def counted() -> int:
        rp.authorize(prompt="none", scope="openid")
        with CaptureQueriesContext(connection) as asked:
            assert answer_of(rp.authorize(prompt="none", scope="openid"))["code"]
        return len(statements(asked))

    granted(rp, person)
    secret = has_app(person)
    page = rp.sign_in(person)
    rp.submit(page, having="code", code=code_of(secret))
    before = counted()
    rule_about_group("analysts", person)
    rule_about_everybody(grace_days=9)

    assert counted() == before


def test_sign_in_takes_no_statement_where_only_administrators_have_a_rule(
    rp: RelyingParty, person: User
) -> None:
    rp.sign_in(person)
    rp.browser.cookies.clear()
    page = rp.browser.get("/accounts/login/")

    with CaptureQueriesContext(connection) as asked:
        rp.sign_in(person, page)

    assert not [sql for sql in statements(asked) if "idp_factorrule" in sql or "idp_met" in sql]


def test_administrators_may_have_to_have_a_passkey(rp: RelyingParty, person: User) -> None:
    set_administrators(grace_days=0, wants=PASSKEY)
    User.objects.update(is_staff=True)
    granted(rp, person)
    page = rp.sign_in(person, rp.authorize(scope="openid"))

    assert "You need a passkey" in page.content.decode()
