"""What is told when a key turns out to be copied, or a recovery code is used."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client as Browser
from django.utils import timezone

from foundation.directory.factors import passkeys, recovery
from foundation.directory.factors.proofs import Strength
from foundation.directory.factors.selectors import factors_of, reachable
from foundation.directory.models import User
from foundation.journal.models import Act, Actor, Kind
from tests.accounts.factors.holding import (
    BY_PASSKEY,
    SECOND,
    has_app,
    has_passkey,
    is_signed_in,
    options_on,
    with_password,
)
from tests.authenticator import SoftwarePasskey

pytestmark = pytest.mark.django_db


def sign_in(browser: Browser, key: SoftwarePasskey) -> bool:
    answer = key.get(browser.get(BY_PASSKEY).json())
    browser.post(BY_PASSKEY, {"answer": json.dumps(answer)})
    return is_signed_in(browser)


@pytest.fixture
def copied(ada: User, django_capture_on_commit_callbacks: Any) -> SoftwarePasskey:
    """A key of Ada's that a copy was used of."""
    key = has_passkey(ada, counter=7)
    assert sign_in(Browser(), key)
    key.counter = 8
    with django_capture_on_commit_callbacks(execute=True):
        assert not sign_in(Browser(), key)
    return key


@pytest.mark.spec("WebAuthn", "6.1.1")
def test_copied_key_is_switched_off_and_the_person_told(copied: SoftwarePasskey, ada: User) -> None:
    copied.counter = 1000

    assert not sign_in(Browser(), copied), "nobody can say which of the two this is"
    act = Act.objects.get(kind=Kind.FACTOR_COPIED)
    assert (act.actor, act.personal.person_id) == (Actor.SYSTEM, ada.pk)
    (letter,) = mail.outbox
    assert "“Phone” was switched off for your account ada" in letter.body


def test_copied_key_gives_no_level_and_is_not_asked_for(copied: SoftwarePasskey, ada: User) -> None:
    browser = Browser()
    page = browser.get(with_password(browser)["Location"])

    assert reachable(ada.pk) is Strength.ONE_FACTOR
    assert [factor.is_off for factor in factors_of(ada.pk)] == [True]
    assert 'type="application/json"' not in page.content.decode()
    assert not is_signed_in(browser), "the password alone is not enough because of it"


def test_copied_key_is_no_second_factor(ada: User) -> None:
    browser, key = Browser(), has_passkey(ada)
    page = browser.get(with_password(browser)["Location"])
    passkeys.switch_off(Authenticator.objects.get(), timezone.now())

    browser.post(SECOND, {"answer": json.dumps(key.get(options_on(page)))})

    assert not is_signed_in(browser)


def test_key_is_switched_off_once(ada: User) -> None:
    has_passkey(ada)
    factor = Authenticator.objects.get()

    assert [passkeys.switch_off(factor, timezone.now()) for _ in range(2)] == [True, False]


def test_used_recovery_code_is_told(
    browser: Browser, ada: User, django_capture_on_commit_callbacks: Any
) -> None:
    has_app(ada)
    code = recovery.make(ada, timezone.now())[0]
    with_password(browser)

    with django_capture_on_commit_callbacks(execute=True):
        browser.post(SECOND, {"code": code})
        browser.post(SECOND, {"code": code})

    assert Act.objects.get(kind=Kind.RECOVERY_CODE_USED).detail == {"left": 9}
    (letter,) = mail.outbox
    assert "You have 9 codes left." in letter.body
    assert code not in letter.body
