"""Whoever a rule is about signs in as strongly as it says, once the time for it is over."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from foundation.directory.models import User
from foundation.directory.risk import state
from idp.accounts.enforcing.middleware import ENROL, OPEN
from idp.models import FactorRule, MetRule, Whom
from tests.accounts.enforcing.holding import (
    DUE,
    PASSKEY,
    SECOND,
    rule_about_everybody,
    rule_about_group,
    set_administrators,
)
from tests.accounts.factors.holding import (
    CONFIRM,
    code_of,
    has_app,
    has_passkey,
    options_on,
    with_password,
)
from tests.people import PASSWORD, sign_in
from tests.provider import Clock

ACCOUNT, ADD_APP, ADD_KEY = "/accounts/", "/accounts/security/app/", "/accounts/security/passkey/"
LED_THERE = f"{DUE}?next=%2Faccounts%2F"
KINDS = {"UUIDConverter": "00000000-0000-4000-8000-000000000000", "IntConverter": 1}


def leads_to(browser: Browser, path: str = ACCOUNT) -> str:
    return str(browser.get(path).headers.get("Location", ""))


def confirm(browser: Browser) -> None:
    browser.post(CONFIRM, {"password": PASSWORD})


def with_code(browser: Browser, secret: str) -> Any:
    return browser.post("/accounts/login/second/", {"code": code_of(secret)})


# --- for whom -------------------------------------------------------------------------------------


def test_whom_no_rule_is_about_signs_in_as_before(browser: Browser, ada: User, grace: User) -> None:
    rule_about_group("analysts", grace)

    answer = with_password(browser)

    assert answer["Location"] == ACCOUNT
    assert leads_to(browser) == ""
    assert not MetRule.objects.exists()


@pytest.mark.parametrize("about", ["group", "everybody", "administrators"])
def test_whoever_a_rule_is_about_uses_no_page_without_the_factor(
    browser: Browser, ada: User, about: str
) -> None:
    if about == "group":
        rule_about_group("analysts", ada)
    elif about == "everybody":
        rule_about_everybody()
    else:
        User.objects.update(is_staff=True)
        set_administrators(grace_days=0)

    answer = with_password(browser)

    assert answer["Location"].startswith(DUE)
    assert leads_to(browser) == LED_THERE
    assert "You need a second factor" in browser.get(DUE).content.decode()


def test_rule_that_is_off_demands_nothing(browser: Browser, ada: User) -> None:
    rule_about_group("analysts", ada, is_on=False)

    assert with_password(browser)["Location"] == ACCOUNT


@pytest.mark.django_db
def test_rule_about_administrators_cannot_be_switched_off() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorRule.objects.filter(whom=Whom.ADMINISTRATORS).update(is_on=False)


def test_no_number_in_the_database_makes_a_rule_demand_nothing(browser: Browser, ada: User) -> None:
    rule_about_everybody(wants=0)

    assert with_password(browser)["Location"].startswith(DUE)


def test_whoever_becomes_an_administrator_is_asked_at_once(browser: Browser, ada: User) -> None:
    set_administrators(grace_days=0)
    sign_in(browser, "ada")
    before = leads_to(browser)

    User.objects.update(is_staff=True)

    assert (before, leads_to(browser)) == ("", LED_THERE)


def test_session_of_before_the_rule_owes_it_too(browser: Browser, ada: User) -> None:
    sign_in(browser, "ada")
    before = leads_to(browser)

    rule_about_everybody()

    assert (before, leads_to(browser)) == ("", LED_THERE)


def test_change_of_groups_is_seen_after_a_while(browser: Browser, ada: User, clock: Clock) -> None:
    rule = rule_about_group("analysts")
    sign_in(browser, "ada")
    assert rule.group is not None
    rule.group.user_set.add(ada)
    before = leads_to(browser)

    clock.advance(seconds=601)

    assert (before, leads_to(browser)) == ("", LED_THERE)


# --- every page -----------------------------------------------------------------------------------


def _patterns(resolver: Any, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _patterns(each, namespace + (f"{each.namespace}:" if each.namespace else ""))
        else:
            yield namespace + (each.name or ""), each


def _addresses() -> dict[str, str]:
    """Return an address of every page that has a name."""
    found = {}
    for name, pattern in _patterns(get_resolver()):
        kinds = {key: type(each).__name__ for key, each in pattern.pattern.converters.items()}
        with suppress(NoReverseMatch):
            said = {key: KINDS.get(kind, "x") for key, kind in kinds.items()}
            found[name] = reverse(name, kwargs=said)
    return found


def test_no_page_is_used_but_those_that_lead_on_or_away(browser: Browser, ada: User) -> None:
    User.objects.update(is_staff=True, is_superuser=True)
    set_administrators(grace_days=0)
    sign_in(browser, "ada")
    pages = _addresses()
    closed = {name: path for name, path in pages.items() if name not in OPEN | ENROL}

    answers = {name: browser.get(path) for name, path in closed.items()}

    assert len(closed) > 100
    used = [name for name, answer in answers.items() if not _is_refused(answer)]
    assert not used
    assert browser.post("/accounts/sessions/", {"everywhere": "yes"})["Location"] == DUE


def _is_refused(answer: Any) -> bool:
    return answer.status_code == 302 and str(answer["Location"]).startswith(DUE)


def test_what_leads_away_stays_open(browser: Browser, ada: User) -> None:
    rule_about_everybody()
    sign_in(browser, "ada")

    browser.post("/accounts/logout/")

    assert "_auth_user_id" not in browser.session


# --- what is enough -------------------------------------------------------------------------------


def test_second_factor_is_enough(browser: Browser, ada: User) -> None:
    rule_about_everybody()
    secret = has_app(ada)
    with_password(browser)

    assert with_code(browser, secret)["Location"] == ACCOUNT
    assert leads_to(browser) == ""


def test_code_is_no_passkey(browser: Browser, ada: User) -> None:
    rule_about_everybody(wants=PASSKEY)
    secret = has_app(ada)
    with_password(browser)

    assert with_code(browser, secret)["Location"].startswith(DUE)
    page = browser.get(leads_to(browser)).content.decode()
    assert "You need a passkey" in page
    assert ADD_APP not in page, "it would not help"


def test_whoever_has_it_and_used_less_is_asked_for_it(browser: Browser, ada: User) -> None:
    rule_about_everybody(wants=PASSKEY)
    secret, key = has_app(ada), has_passkey(ada)
    with_password(browser)
    with_code(browser, secret)

    asked = browser.get(leads_to(browser))
    page = browser.get(asked["Location"])
    browser.post(asked["Location"], {"answer": json.dumps(key.get(options_on(page)))})

    assert asked["Location"].startswith(CONFIRM)
    assert leads_to(browser) == ""


def test_key_that_is_switched_off_is_none(browser: Browser, ada: User) -> None:
    rule_about_everybody()
    has_passkey(ada)
    key = Authenticator.objects.get()
    key.data = {**key.data, "off_since": "2026-01-01"}
    key.save()
    sign_in(browser, "ada")

    assert not _is_open(browser)


def _is_open(browser: Browser) -> bool:
    return browser.get(ACCOUNT).status_code == 200


def test_session_that_does_not_say_how_somebody_signed_in_is_worth_nothing(ada: User) -> None:
    rule_about_everybody()
    browser = Browser()
    browser.force_login(ada)

    assert leads_to(browser) == LED_THERE


# --- until when -----------------------------------------------------------------------------------


def test_time_to_set_it_up_counts_from_the_first_sign_in(
    browser: Browser, ada: User, clock: Clock
) -> None:
    rule_about_everybody(grace_days=3)
    clock.advance(days=30)
    with_password(browser)
    page = browser.get(f"{DUE}?next=/accounts/email/").content.decode()
    first = _is_open(browser)

    clock.advance(days=2)
    later = with_password(again := Browser())
    second = _is_open(again)
    clock.advance(days=1)
    with_password(last := Browser())

    assert "You can still sign in without it until" in page
    assert 'href="/accounts/email/">Later</a>' in page
    assert later["Location"].startswith(DUE)
    assert (first, second, _is_open(again), _is_open(last)) == (True, True, False, False)


def test_rule_that_comes_to_want_more_gives_time_anew(
    browser: Browser, ada: User, clock: Clock
) -> None:
    rule = rule_about_everybody(grace_days=3)
    secret = has_app(ada)
    with_password(browser)
    with_code(browser, secret)
    clock.advance(days=10)

    rule.wants = PASSKEY
    rule.save()

    assert with_password(again := Browser())["Location"]
    assert with_code(again, secret)["Location"].startswith(DUE)
    assert _is_open(again)


def test_what_is_due_is_told_before_what_will_be(browser: Browser, ada: User) -> None:
    rule_about_everybody(wants=PASSKEY, grace_days=9)
    rule_about_group("analysts", ada)
    with_password(browser)

    page = browser.get(DUE).content.decode()

    assert "You need a second factor" in page
    assert "Later" not in page


# --- adding it on the way -------------------------------------------------------------------------


def test_what_is_due_is_added_on_the_way_and_then_used(browser: Browser, ada: User) -> None:
    rule_about_everybody()
    with_password(browser)
    confirm(browser)
    browser.get(f"{ADD_APP}?next=/accounts/email/")
    secret = browser.session["new_app"]

    browser.post(f"{ADD_APP}?next=/accounts/email/", {"code": code_of(secret)})
    asked = browser.get(leads_to(browser, "/accounts/email/"))

    assert Authenticator.objects.filter(user=ada).exists()
    assert asked["Location"].startswith(CONFIRM), "having it is not using it"


@pytest.mark.parametrize("path", [ADD_APP, ADD_KEY])
def test_nothing_is_added_where_policy_forbids_it(
    browser: Browser, ada: User, settings: Any, path: str
) -> None:
    settings.SCOPEWARD = replace(settings.SCOPEWARD, enrol_on_the_way=False)
    rule_about_everybody()
    with_password(browser)

    page = browser.get(DUE).content.decode()

    assert "Ask your administrator" in page
    assert path not in page
    assert leads_to(browser, path).startswith(DUE)


def test_during_the_time_for_it_policy_does_not_matter(
    browser: Browser, ada: User, settings: Any
) -> None:
    settings.SCOPEWARD = replace(settings.SCOPEWARD, enrol_on_the_way=False)
    rule_about_everybody(grace_days=1)
    with_password(browser)

    assert ADD_APP in browser.get(DUE).content.decode()
    confirm(browser)
    assert browser.get(ADD_APP).status_code == 200


def test_nothing_is_added_in_a_session_that_is_doubted(
    browser: Browser, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule_about_everybody()
    with_password(browser)
    monkeypatch.setattr(state.RiskState, "is_doubted", lambda self, acr: True)

    assert leads_to(browser, ADD_APP).startswith(DUE)


# --- removing it ----------------------------------------------------------------------------------


@pytest.mark.parametrize("grace_days", [0, 30])
def test_last_factor_that_is_demanded_stays(browser: Browser, ada: User, grace_days: int) -> None:
    secret = has_app(ada)
    with_password(browser)
    with_code(browser, secret)
    confirm(browser)
    rule_about_everybody(grace_days=grace_days)
    path = f"/accounts/security/{Authenticator.objects.get().pk}/"

    asked = browser.get(path).content.decode()
    browser.post(path, {"remove": "yes"})

    assert Authenticator.objects.exists()
    assert "You have to have it." in asked
    assert 'name="remove"' not in asked
    assert "You have to have it." in browser.get("/accounts/security/").content.decode()


@pytest.mark.parametrize(
    ("wants", "goes", "stays"),
    [(SECOND, "webauthn", False), (SECOND, "totp", False), (PASSKEY, "webauthn", True)],
)
def test_factor_beside_another_goes_unless_it_is_the_kind_that_is_demanded(
    browser: Browser, ada: User, wants: int, goes: str, stays: bool
) -> None:
    secret, key = has_app(ada), has_passkey(ada)
    page = browser.get(with_password(browser)["Location"])
    browser.post("/accounts/login/second/", {"answer": json.dumps(key.get(options_on(page)))})
    confirm(browser)
    rule_about_everybody(wants=wants)
    factor = Authenticator.objects.get(type=goes)

    browser.post(f"/accounts/security/{factor.pk}/", {"remove": "yes"})

    assert secret
    assert Authenticator.objects.filter(pk=factor.pk).exists() is stays
