"""Answers of passkeys that are of somebody else, too long, of an unknown kind, or not counted."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client as Browser
from django.utils import timezone
from fido2 import cbor
from fido2.utils import websafe_decode, websafe_encode

from foundation.base.models import UsedOnce
from foundation.directory.factors import passkeys, registering
from foundation.directory.models import User
from tests.accounts.factors.holding import (
    ACCOUNT,
    BY_PASSKEY,
    LOGIN,
    SECOND,
    has_passkey,
    is_signed_in,
    options_on,
    with_password,
)
from tests.authenticator import SoftwarePasskey
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
TOO_LONG = 30_000


@pytest.mark.spec("WebAuthn", "7.2")
def test_handle_of_somebody_else_signs_nobody_in(browser: Browser, ada: User, grace: User) -> None:
    key = has_passkey(ada)
    key.user_handle = grace.pk.bytes

    answer = key.get(browser.get(BY_PASSKEY).json())
    browser.post(BY_PASSKEY, {"answer": json.dumps(answer)})

    assert not is_signed_in(browser)


@pytest.mark.parametrize("handle", [b"", b"short", b"x" * 16, b"x" * 64])
def test_handle_of_nobody_signs_nobody_in(browser: Browser, ada: User, handle: bytes) -> None:
    key = has_passkey(ada)
    key.user_handle = handle

    answer = key.get(browser.get(BY_PASSKEY).json())

    assert browser.post(BY_PASSKEY, {"answer": json.dumps(answer)})["Location"] == LOGIN
    assert not is_signed_in(browser)


def test_key_of_somebody_else_is_no_second_factor(ada: User, grace: User) -> None:
    browser, other = Browser(), has_passkey(grace)
    has_passkey(ada)
    options = options_on(browser.get(with_password(browser)["Location"]))

    browser.post(SECOND, {"answer": json.dumps(other.get(options))})

    assert not is_signed_in(browser)


def test_answer_of_one_tab_is_not_used_up_by_another(ada: User) -> None:
    browser, key = Browser(), has_passkey(ada)
    address = with_password(browser)["Location"]
    first, second = (options_on(browser.get(address)) for _ in range(2))

    browser.post(SECOND, {"answer": json.dumps(key.get(second))})
    late = browser.post(SECOND, {"answer": json.dumps(key.get(first))})

    assert is_signed_in(browser)
    assert late["Location"].startswith(LOGIN), "that sign-in is over"
    assert browser.get(ACCOUNT).status_code == 200


@pytest.mark.spec("WebAuthn", "7.1")
@pytest.mark.parametrize("algorithm", [-999, -65535, 0])
def test_unknown_algorithm_is_not_registered(ada: User, algorithm: int) -> None:
    now, key = timezone.now(), SoftwarePasskey()
    answer = key.create(registering.options_to_register(ada, "test", now))
    attestation = cbor.decode(websafe_decode(answer["response"]["attestationObject"]))
    data = attestation["authData"]
    start = 37 + 16 + 2 + len(key.credential_id)
    public = cbor.decode(data[start:]) | {3: algorithm}
    attestation["authData"] = data[:start] + cbor.encode(public)
    answer["response"]["attestationObject"] = websafe_encode(cbor.encode(attestation))

    with pytest.raises(passkeys.RefusedAnswerError):
        registering.register(ada, answer, "Phone", purpose="test", now=now)
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("member", ["attestationObject", "clientDataJSON"])
def test_oversized_registration_is_refused(signed_in: Browser, ada: User, member: str) -> None:
    signed_in.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answer = _registration(ada)
    answer["response"][member] += "A" * TOO_LONG

    signed_in.post("/accounts/security/passkey/", {"name": "Phone", "answer": json.dumps(answer)})

    assert not Authenticator.objects.exists()


def test_sign_in_page_and_its_question_write_nothing(
    browser: Browser, ada: User, django_assert_max_num_queries: Any
) -> None:
    has_passkey(ada)
    browser.get(LOGIN)
    before = UsedOnce.objects.count()

    with django_assert_max_num_queries(2) as asked:
        browser.get(LOGIN)
        browser.get(BY_PASSKEY)

    assert not [each for each in asked.captured_queries if not each["sql"].startswith("SELECT")]
    assert UsedOnce.objects.count() == before


def _registration(person: User) -> dict[str, Any]:
    options = registering.options_to_register(person, "test", timezone.now())
    return SoftwarePasskey().create(options)
