"""A device stands for the second factor that was proved on it: for a while, for one person."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client as Browser
from django.utils import timezone

from foundation.directory.factors import recovery, remembered
from foundation.directory.factors.models import RememberedDevice
from foundation.directory.factors.proofs import Proof, Strength, amr_of, strength_of
from foundation.directory.models import User
from foundation.directory.risk import state
from idp.accounts.factors import changes
from idp.accounts.factors.remembering import cookie_name
from tests.accounts.enforcing.holding import DUE, PASSKEY, rule_about_everybody
from tests.accounts.factors.holding import (
    ACCOUNT,
    CONFIRM,
    LOGIN,
    SECOND,
    code_of,
    has_app,
    is_signed_in,
    with_password,
)
from tests.people import PASSWORD
from tests.provider import Clock

pytestmark = pytest.mark.django_db
DAYS = 10
FORGET = "/accounts/security/devices/"
SECURITY = "/accounts/security/"


@pytest.fixture(autouse=True)
def _allowed(settings: Any) -> None:
    settings.SCOPEWARD = replace(settings.SCOPEWARD, remember_device_days=DAYS)


@pytest.fixture
def secret(ada: User) -> str:
    """Ada's authenticator app."""
    return has_app(ada)


@pytest.fixture
def device(browser: Browser, secret: str) -> Browser:
    """A browser that Ada has had remembered, signed out."""
    with_password(browser)
    browser.post(SECOND, {"code": code_of(secret), "remember_device": "yes"})
    assert is_signed_in(browser)
    browser.post("/accounts/logout/")
    return browser


def is_asked(browser: Browser) -> bool:
    return str(with_password(browser)["Location"]).startswith(SECOND)


def cookie(browser: Browser) -> str:
    return str(browser.cookies[cookie_name()].value)


# --- it stands in ---------------------------------------------------------------------------------


def test_password_is_enough_on_a_remembered_device(device: Browser) -> None:
    assert with_password(device)["Location"] == ACCOUNT
    assert is_signed_in(device)


def test_another_device_is_asked(device: Browser) -> None:
    assert is_asked(Browser())


def test_device_is_remembered_only_where_it_was_wanted(browser: Browser, secret: str) -> None:
    with_password(browser)
    browser.post(SECOND, {"code": code_of(secret)})

    assert cookie_name() not in browser.cookies
    assert not RememberedDevice.objects.exists()


def test_wrong_password_gets_nobody_in_there(device: Browser) -> None:
    device.post(LOGIN, {"login": "ada", "password": "wrong"})

    assert not is_signed_in(device)


def test_it_counts_as_two_factors_and_as_old_as_the_one_it_stands_for() -> None:
    now = timezone.now()
    long_ago = now - timedelta(days=3)
    both = (Proof("password", now), Proof("remembered", long_ago))

    assert strength_of(both) is Strength.TWO_FACTORS
    assert strength_of(both[1:]) is Strength.ONE_FACTOR
    assert amr_of(both) == ("pwd",), "no factor was used, and none is told of"
    assert strength_of([proof for proof in both if proof.at > long_ago]) is Strength.ONE_FACTOR


def test_two_factors_are_met_by_it_and_a_passkey_is_not(device: Browser) -> None:
    rule = rule_about_everybody()
    with_password(device)
    two = device.get(ACCOUNT).status_code

    rule.wants = PASSKEY
    rule.save()

    assert two == 200
    assert device.get(ACCOUNT)["Location"].startswith(DUE)


# --- it ends --------------------------------------------------------------------------------------


def test_its_secret_is_another_after_each_use(device: Browser) -> None:
    before = cookie(device)
    with_password(device)
    after = cookie(device)
    thief = Browser()
    thief.cookies[cookie_name()] = before

    assert before != after
    assert is_asked(thief)
    assert before not in str(list(RememberedDevice.objects.values()))
    assert after not in str(list(RememberedDevice.objects.values()))


def test_of_one_secret_used_twice_one_counts(device: Browser, ada: User) -> None:
    brought, now = cookie(device), timezone.now()

    used = [remembered.use(ada, brought, now, days=DAYS) for _ in range(2)]

    assert [each is not None for each in used] == [True, False]


def test_it_is_over_at_its_time_however_often_it_was_used(device: Browser, clock: Clock) -> None:
    clock.advance(days=DAYS - 1)
    before = is_asked(device)
    device.post("/accounts/logout/")
    clock.advance(days=1, seconds=1)

    assert (before, is_asked(device)) == (False, True)


def test_shorter_time_of_the_house_counts_for_devices_of_before(
    device: Browser, clock: Clock, settings: Any
) -> None:
    clock.advance(days=3)
    settings.SCOPEWARD = replace(settings.SCOPEWARD, remember_device_days=2)

    assert is_asked(device)


def test_it_ends_where_the_house_does_not_want_it_any_more(device: Browser, settings: Any) -> None:
    settings.SCOPEWARD = replace(settings.SCOPEWARD, remember_device_days=0)

    assert is_asked(device)
    assert "remember_device" not in device.get(SECOND).content.decode()
    assert "Remembered devices" not in device.get(SECURITY).content.decode()


def by_password(person: User) -> None:
    person.set_password("another-horse-battery")
    person.save(update_fields=["password"])
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])


def by_signing_out_everywhere(person: User) -> None:
    here = Browser()
    here.force_login(person)
    here.post("/accounts/sessions/", {"everywhere": "yes"})


def by_copy_of_a_key(person: User) -> None:
    RememberedDevice.objects.get().factor.delete()
    has_app(person)


def by_reset(person: User) -> None:
    changes.end_all(person)
    has_app(person)


@pytest.mark.parametrize(
    "ends", [by_password, by_signing_out_everywhere, by_copy_of_a_key, by_reset]
)
def test_it_ends_with_what_it_rests_on(device: Browser, ada: User, ends: Any) -> None:
    ends(ada)

    assert is_asked(device)


@pytest.mark.parametrize("power", [{"is_staff": True}, {"is_superuser": True}])
def test_no_device_stands_in_for_an_administrator(
    device: Browser, ada: User, power: dict[str, bool]
) -> None:
    User.objects.update(**power)

    assert is_asked(device)
    assert "remember_device" not in device.get(SECOND).content.decode()


def test_administrator_has_no_device_remembered(browser: Browser, ada: User, secret: str) -> None:
    User.objects.update(is_staff=True)
    with_password(browser)

    browser.post(SECOND, {"code": code_of(secret), "remember_device": "yes"})

    assert not RememberedDevice.objects.exists()


def test_recovery_code_has_no_device_remembered(browser: Browser, ada: User, secret: str) -> None:
    code = recovery.make(ada, timezone.now())[0]
    with_password(browser)

    browser.post(SECOND, {"code": code, "remember_device": "yes"})

    assert is_signed_in(browser)
    assert not RememberedDevice.objects.exists()


@pytest.mark.parametrize("brought", ["", "x", "A" * 43, "A" * 5000])
def test_secret_that_was_made_up_stands_for_nothing(
    device: Browser, ada: User, brought: str
) -> None:
    device.cookies[cookie_name()] = brought

    assert is_asked(device)


def test_device_of_somebody_else_stands_for_nothing(device: Browser, grace: User) -> None:
    has_app(grace)

    assert str(with_password(device, "grace")["Location"]).startswith(SECOND)


def test_unusual_sign_in_is_asked_all_the_same(
    device: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "foundation.directory.risk.services._demanded",
        lambda visit, risk: state.stronger_than(visit.acr, Strength.TWO_FACTORS),
    )
    with_password(device)

    page = device.get(CONFIRM).content.decode()

    assert 'name="code"' in page
    assert 'name="password"' not in page, "that has just been proved"


# --- Security -------------------------------------------------------------------------------------


def test_devices_are_listed_and_each_is_forgotten(device: Browser, ada: User) -> None:
    with_password(device)
    listed = device.get(SECURITY).content.decode()
    key = RememberedDevice.objects.get().pk

    device.post(FORGET, {"device": key})

    assert "Remembered devices" in listed
    assert "Remembered devices" not in device.get(SECURITY).content.decode()
    device.post("/accounts/logout/")
    assert is_asked(device)


@pytest.mark.parametrize("which", ["key", "all"])
def test_nobody_forgets_the_devices_of_others(device: Browser, grace: User, which: str) -> None:
    key = RememberedDevice.objects.get().pk
    hers = Browser()
    hers.force_login(grace)

    hers.post(FORGET, {"device": key if which == "key" else "all"})

    assert RememberedDevice.objects.exists()


@pytest.mark.parametrize("chosen", ["", "x", "²", "9" * 30])
def test_button_that_was_made_up_forgets_nothing(device: Browser, chosen: str) -> None:
    with_password(device)

    device.post(FORGET, {"device": chosen})

    assert RememberedDevice.objects.exists()
    assert device.get(FORGET).status_code == 405


def test_so_many_devices_are_kept(ada: User, secret: str) -> None:
    factor, now = Authenticator.objects.get().pk, timezone.now()

    for place in range(remembered.MOST + 2):
        remembered.remember(ada, factor, now + timedelta(seconds=place), days=DAYS)

    assert RememberedDevice.objects.count() == remembered.MOST
    assert remembered.clear_expired(now + timedelta(days=DAYS + 1)) == remembered.MOST
