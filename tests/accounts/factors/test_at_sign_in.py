"""The second factor after the password, and a passkey instead of one."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from foundation.directory.factors import counters, passkeys, recovery, registering, totp
from foundation.directory.models import User
from foundation.directory.sign_in import current_sign_in
from tests.accounts.factors.holding import (
    ACCOUNT,
    BY_PASSKEY,
    LOGIN,
    SECOND,
    code_of,
    has_app,
    has_passkey,
    is_signed_in,
    options_on,
    with_password,
)
from tests.authenticator import SoftwarePasskey

pytestmark = pytest.mark.django_db


def answered(browser: Browser, key: SoftwarePasskey, **wrong: Any) -> Any:
    """Sign in by a passkey alone."""
    options = browser.get(BY_PASSKEY).json()
    return browser.post(BY_PASSKEY, {"answer": json.dumps(key.get(options, **wrong))})


def level(browser: Browser) -> tuple[str, tuple[str, ...]]:
    found = current_sign_in(browser.get(ACCOUNT).wsgi_request)
    assert found is not None
    return found.acr[-1], found.amr


# --- an app -----------------------------------------------------------------------------------


def test_password_alone_signs_nobody_in_who_has_an_app(browser: Browser, ada: User) -> None:
    has_app(ada)

    answer = with_password(browser)

    assert answer["Location"].startswith(SECOND)
    assert not is_signed_in(browser)
    assert browser.get(ACCOUNT)["Location"].startswith(LOGIN)


@pytest.mark.spec("RFC 8176", "2")
@pytest.mark.parametrize("step", [-1, 0, 1])
def test_code_of_the_app_signs_in(browser: Browser, ada: User, step: int) -> None:
    secret = has_app(ada)
    with_password(browser)

    answer = browser.post(SECOND, {"code": code_of(secret, step=step)})

    assert answer["Location"] == ACCOUNT
    assert level(browser) == ("2", ("mfa", "otp", "pwd"))


@pytest.mark.parametrize("step", [-2, 2, -100])
def test_code_of_another_time_is_refused(browser: Browser, ada: User, step: int) -> None:
    secret = has_app(ada)
    with_password(browser)

    answer = browser.post(SECOND, {"code": code_of(secret, step=step)})

    assert "That code is not right, or was used already." in answer.content.decode()
    assert not is_signed_in(browser)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "000 00"])
def test_what_is_no_code_is_refused(browser: Browser, ada: User, code: str) -> None:
    has_app(ada)
    with_password(browser)

    browser.post(SECOND, {"code": code})

    assert not is_signed_in(browser)


@pytest.mark.spec("RFC 6238", "5.2")
def test_code_is_good_once_within_its_window(ada: User) -> None:
    secret = has_app(ada)
    code = code_of(secret)
    first, second = Browser(), Browser()
    for browser in (first, second):
        with_password(browser)
        browser.post(SECOND, {"code": code})

    assert (is_signed_in(first), is_signed_in(second)) == (True, False)


def test_code_before_the_one_that_was_used_is_not_good_any_more(ada: User) -> None:
    secret, now = has_app(ada), timezone.now()

    assert totp.accept(ada, code_of(secret, now, step=1), now)
    assert not totp.accept(ada, code_of(secret, now), now)


def test_code_of_somebody_else_is_refused(browser: Browser, ada: User, grace: User) -> None:
    has_app(ada)
    with_password(browser)

    browser.post(SECOND, {"code": code_of(has_app(grace))})

    assert not is_signed_in(browser)


def test_second_page_without_the_first_leads_back(browser: Browser, ada: User) -> None:
    secret = has_app(ada)

    assert browser.get(SECOND)["Location"] == LOGIN
    assert browser.post(SECOND, {"code": code_of(secret)})["Location"] == LOGIN
    assert not is_signed_in(browser)


def test_many_wrong_codes_stop_the_guessing(browser: Browser, ada: User) -> None:
    secret = has_app(ada)
    with_password(browser)
    for _ in range(12):
        browser.post(SECOND, {"code": "000000"})

    answer = browser.post(SECOND, {"code": code_of(secret)})

    assert "Too many attempts" in answer.content.decode()
    assert not is_signed_in(browser)


def test_factor_that_goes_half_way_takes_the_sign_in_along(browser: Browser, ada: User) -> None:
    secret = has_app(ada)
    with_password(browser)
    Authenticator.objects.all().delete()

    browser.post(SECOND, {"code": code_of(secret)})

    assert not is_signed_in(browser)


def test_secret_of_an_app_is_not_stored_in_clear(ada: User) -> None:
    secret = has_app(ada)

    assert secret not in json.dumps(Authenticator.objects.get().data)


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_one_code_at_the_same_moment_is_good_for_one(ada: User) -> None:
    secret, now = has_app(ada), timezone.now()
    assert _at_once(lambda: totp.accept(ada, code_of(secret, now), now) is not None) == 1


# --- recovery codes ---------------------------------------------------------------------------


def test_recovery_code_stands_in_for_a_lost_app(browser: Browser, ada: User) -> None:
    has_app(ada)
    code = recovery.make(ada, timezone.now())[3]
    with_password(browser)

    browser.post(SECOND, {"code": code.lower().replace("-", " ")})

    assert level(browser) == ("2", ("mfa", "otp", "pwd"))
    assert recovery.left(ada) == recovery.HOW_MANY - 1


def test_recovery_code_is_good_once(ada: User) -> None:
    code = recovery.make(ada, timezone.now())[0]

    assert [recovery.accept(ada, code) for _ in range(2)] == [True, False]


def test_new_recovery_codes_end_the_old_ones(ada: User, grace: User) -> None:
    old = recovery.make(ada, timezone.now())[0]
    new = recovery.make(ada, timezone.now())[0]

    assert not recovery.accept(ada, old)
    assert not recovery.accept(grace, new)
    assert recovery.accept(ada, new)


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_one_recovery_code_at_the_same_moment_is_good_for_one(ada: User) -> None:
    code = recovery.make(ada, timezone.now())[0]
    assert _at_once(lambda: recovery.accept(ada, code)) == 1


# --- passkeys ---------------------------------------------------------------------------------


@pytest.mark.spec("WebAuthn", "7.2")
@pytest.mark.parametrize(("synced", "key"), [(False, "hwk"), (True, "swk")])
def test_passkey_alone_signs_in(browser: Browser, ada: User, synced: bool, key: str) -> None:
    answer = answered(browser, has_passkey(ada, synced=synced))

    assert answer["Location"] == ACCOUNT
    assert level(browser) == ("3", tuple(sorted((key, "mfa", "user"))))


def test_key_that_verifies_nobody_signs_nobody_in_alone(browser: Browser, ada: User) -> None:
    answered(browser, has_passkey(ada, verifies=False))

    assert not is_signed_in(browser)


def test_key_that_verifies_nobody_is_a_second_factor(browser: Browser, ada: User) -> None:
    key = has_passkey(ada, verifies=False)
    page = browser.get(with_password(browser)["Location"])

    browser.post(SECOND, {"answer": json.dumps(key.get(options_on(page)))})

    assert level(browser) == ("2", ("hwk", "mfa", "pwd", "user"))


@pytest.mark.spec("WebAuthn", "7.2")
@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8001"},
        {"origin": "https://localhost:8000"},
        {"origin": "http://localhost:8000.evil.example"},
        {"rp_id": "evil.example"},
        {"cross_origin": True},
        {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        {"challenge": ""} | {"signature": b"0" * 70},
    ],
    ids=repr,
)
def test_answer_that_is_not_for_us_is_refused(
    browser: Browser, ada: User, wrong: dict[str, Any]
) -> None:
    answer = answered(browser, has_passkey(ada), **wrong)

    assert answer["Location"] == LOGIN
    assert not is_signed_in(browser)


@pytest.mark.spec("WebAuthn", "13.4.3")
def test_answer_is_good_once(ada: User) -> None:
    browser, key = Browser(), has_passkey(ada, counter=0)
    answer = json.dumps(key.get(browser.get(BY_PASSKEY).json()))
    browser.post(BY_PASSKEY, {"answer": answer})
    assert is_signed_in(browser)
    del browser.cookies["sessionid" if "sessionid" in browser.cookies else _session(browser)]

    browser.post(BY_PASSKEY, {"answer": answer})

    assert not is_signed_in(browser)


def test_answer_is_good_in_the_browser_that_asked(ada: User) -> None:
    asked, thief = Browser(), Browser()
    answer = json.dumps(has_passkey(ada).get(asked.get(BY_PASSKEY).json()))
    thief.get(LOGIN)

    thief.post(BY_PASSKEY, {"answer": answer})

    assert not is_signed_in(thief)


def test_two_tabs_do_not_disturb_each_other(browser: Browser, ada: User) -> None:
    key = has_passkey(ada)
    first = browser.get(BY_PASSKEY).json()
    browser.get(BY_PASSKEY)

    browser.post(BY_PASSKEY, {"answer": json.dumps(key.get(first))})

    assert is_signed_in(browser)


@pytest.mark.spec("WebAuthn", "7.2")
def test_copy_of_a_key_is_found_by_its_counter(browser: Browser, ada: User) -> None:
    key = has_passkey(ada, counter=7)
    answered(browser, key)
    key.counter = 8

    thief = Browser()
    answered(thief, key)

    assert not is_signed_in(thief)


def test_challenge_for_something_else_is_none(ada: User) -> None:
    key, now = has_passkey(ada), timezone.now()
    options = passkeys.options_to_answer(ada, "confirm one", now)

    for purpose in ("confirm two", "", "confirm one\n"):
        with pytest.raises(passkeys.RefusedAnswerError):
            passkeys.accept(ada, key.get(options), purpose=purpose, now=now)
    assert passkeys.accept(ada, key.get(options), purpose="confirm one", now=now)


def test_old_challenge_is_none(ada: User) -> None:
    key, now = has_passkey(ada), timezone.now()
    options = passkeys.options_to_answer(ada, "confirm", now)

    with pytest.raises(passkeys.RefusedAnswerError):
        passkeys.accept(ada, key.get(options), purpose="confirm", now=now + timedelta(minutes=11))


def test_key_of_somebody_else_is_none(ada: User, grace: User) -> None:
    key, now = has_passkey(grace), timezone.now()
    options = passkeys.options_to_answer(ada, "confirm", now)

    with pytest.raises(passkeys.RefusedAnswerError):
        passkeys.accept(ada, key.get(options), purpose="confirm", now=now)


def test_key_of_somebody_inactive_is_none(browser: Browser, ada: User) -> None:
    key = has_passkey(ada)
    User.objects.update(is_active=False)

    answered(browser, key)

    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "answer",
    ["", "null", "[]", "{}", '"text"', '{"id": 5}', '{"response": {}}', "{" * 500, "1" * 30_000],
)
def test_noise_is_no_answer(browser: Browser, ada: User, answer: str) -> None:
    has_passkey(ada)

    assert browser.post(BY_PASSKEY, {"answer": answer})["Location"] == LOGIN
    assert not is_signed_in(browser)


def test_key_is_registered_once(ada: User, grace: User) -> None:
    key, now = has_passkey(ada), timezone.now()
    options = registering.options_to_register(grace, "test", now)

    with pytest.raises(passkeys.RefusedAnswerError):
        registering.register(grace, key.create(options), "Phone", purpose="test", now=now)


@pytest.mark.both_databases
def test_key_is_registered_once_by_two_who_looked_at_the_same_moment(
    ada: User, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, now = has_passkey(ada), timezone.now()
    options = registering.options_to_register(grace, "test", now)
    monkeypatch.setattr(registering, "find", lambda _credential: None)

    with pytest.raises(passkeys.RefusedAnswerError):
        registering.register(grace, key.create(options), "Phone", purpose="test", now=now)
    assert [factor.user for factor in Authenticator.objects.all()] == [ada]


def test_counter_only_rises(ada: User) -> None:
    has_app(ada)
    factor = Authenticator.objects.get()
    reached = factor.counter.value

    assert counters.advance(factor, reached + 5)
    assert not counters.advance(factor, reached + 5)
    assert not counters.advance(factor, reached + 4)


def _session(browser: Browser) -> str:
    return next(name for name in browser.cookies if "session" in name)


def _at_once(use: Any, many: int = 6) -> int:
    """Do something many times at the same moment; return how many succeeded."""
    begin, done = threading.Barrier(many), []

    def run() -> None:
        begin.wait(10)
        try:
            done.append(bool(use()))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sum(done)
