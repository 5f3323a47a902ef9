"""*Security*: adding, naming and removing factors, and who may not."""

import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client as Browser
from django.utils import timezone

from foundation.directory.factors import recovery
from foundation.directory.models import User
from foundation.journal.models import Act, Kind
from tests.accounts.factors.holding import (
    CONFIRM,
    LOGIN,
    code_of,
    has_app,
    has_passkey,
    options_on,
    with_password,
)
from tests.authenticator import SoftwarePasskey
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
SECURITY = "/accounts/security/"
ADD_PASSKEY = "/accounts/security/passkey/"
ADD_APP = "/accounts/security/app/"
CODES = "/accounts/security/codes/"
CHANGES = [ADD_PASSKEY, ADD_APP, CODES, f"{SECURITY}1/"]


@pytest.fixture
def confirmed(signed_in: Browser) -> Browser:
    """Ada, who has confirmed a moment ago that it is her."""
    signed_in.post(CONFIRM, {"password": PASSWORD})
    return signed_in


def add(browser: Browser, key: SoftwarePasskey, next: str = "", **wrong: Any) -> Any:  # noqa: A002
    options = options_on(browser.get(ADD_PASSKEY))
    answer = json.dumps(key.create(options, **wrong))
    return browser.post(ADD_PASSKEY, {"name": "Phone", "answer": answer, "next": next})


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_is_changed_without_confirming_first(
    signed_in: Browser, path: str, method: str
) -> None:
    answer = getattr(signed_in, method)(path)

    assert answer["Location"].startswith(CONFIRM)
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("path", [SECURITY, *CHANGES])
def test_pages_are_for_who_is_signed_in(browser: Browser, db: None, path: str) -> None:
    assert browser.get(path)["Location"].startswith(LOGIN)


@pytest.mark.spec("WebAuthn", "7.1")
def test_passkey_is_added_with_codes_an_act_and_a_letter(
    confirmed: Browser, ada: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        page = add(confirmed, SoftwarePasskey()).content.decode()

    codes = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", page)
    assert len(codes) == recovery.HOW_MANY
    assert recovery.accept(ada, codes[0])
    assert Act.objects.get(kind=Kind.FACTOR_ADDED).personal.person_id == ada.pk
    assert "“Phone” was added to your account ada" in mail.outbox[0].body
    assert codes[1] not in confirmed.get(CODES).content.decode()
    assert "Phone" in confirmed.get(SECURITY).content.decode()


@pytest.mark.parametrize("wrong", [{"origin": "https://evil.example"}, {"origin": ""}])
def test_registration_from_elsewhere_is_refused(confirmed: Browser, wrong: dict[str, Any]) -> None:
    answer = add(confirmed, SoftwarePasskey(), **wrong)

    assert "That key was not accepted." in answer.content.decode()
    assert not Authenticator.objects.exists()
    assert not mail.outbox


def test_registration_is_good_once(confirmed: Browser) -> None:
    options = options_on(confirmed.get(ADD_PASSKEY))
    for _ in range(2):
        answer = json.dumps(SoftwarePasskey().create(options))
        confirmed.post(ADD_PASSKEY, {"name": "Phone", "answer": answer})

    assert Authenticator.objects.count() == 1


def test_who_was_on_the_way_goes_on(confirmed: Browser) -> None:
    add(confirmed, SoftwarePasskey())

    assert add(confirmed, SoftwarePasskey(), next="/accounts/")["Location"] == "/accounts/"
    answer = add(confirmed, SoftwarePasskey(), next="https://evil.example/")
    assert answer["Location"] == SECURITY


def test_app_is_added_by_its_first_code(confirmed: Browser, ada: User) -> None:
    page = confirmed.get(ADD_APP).content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret
    assert "data:image/svg+xml;base64," in page

    refused = confirmed.post(ADD_APP, {"code": "000000"})
    confirmed.post(ADD_APP, {"code": code_of(secret[1].replace(" ", ""))})

    assert "That code is not right." in refused.content.decode()
    assert Authenticator.objects.get().type == "totp"
    assert confirmed.get(ADD_APP)["Location"] == SECURITY


def test_factor_is_removed_with_an_act_and_a_letter(
    confirmed: Browser, ada: User, django_capture_on_commit_callbacks: Any
) -> None:
    add(confirmed, SoftwarePasskey())
    key = Authenticator.objects.get().pk

    with django_capture_on_commit_callbacks(execute=True):
        confirmed.post(f"{SECURITY}{key}/", {"remove": "yes"})

    assert not Authenticator.objects.exists()
    assert recovery.left(ada) == 0, "they would stand in for nothing"
    assert Act.objects.filter(kind=Kind.FACTOR_REMOVED).count() == 1
    assert "“Phone” was removed from your account ada" in mail.outbox[-1].body


def test_key_is_called_differently(confirmed: Browser, ada: User) -> None:
    has_passkey(ada)
    key = Authenticator.objects.get().pk

    confirmed.post(f"{SECURITY}{key}/", {"name": "<b>Blue</b>"})

    assert "&lt;b&gt;Blue&lt;/b&gt;" in confirmed.get(SECURITY).content.decode()


def test_factor_of_somebody_else_is_not_there(confirmed: Browser, grace: User) -> None:
    has_app(grace)
    key = Authenticator.objects.get().pk

    answers = [
        confirmed.get(f"{SECURITY}{key}/"),
        confirmed.post(f"{SECURITY}{key}/", {"remove": 1}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert Authenticator.objects.exists()


def test_passkey_confirms_that_it_is_them(browser: Browser, ada: User) -> None:
    key = has_passkey(ada)
    page = browser.get(with_password(browser)["Location"])
    browser.post("/accounts/login/second/", {"answer": json.dumps(key.get(options_on(page)))})

    page = browser.get(f"{CONFIRM}?next={ADD_APP}&level=urn:scopeward:acr:3")
    answer = {"answer": json.dumps(key.get(options_on(page))), "next": ADD_APP}

    assert browser.post(CONFIRM, answer)["Location"] == ADD_APP
    assert browser.get(ADD_APP).status_code == 200


def test_what_does_not_reach_the_level_is_not_offered(signed_in: Browser, ada: User) -> None:
    has_app(ada)

    two = signed_in.get(f"{CONFIRM}?level=urn:scopeward:acr:2").content.decode()
    three = signed_in.get(f"{CONFIRM}?level=urn:scopeward:acr:3").content.decode()

    assert ('name="code"' in two, 'name="password"' in two) == (True, False)
    assert ('name="code"' in three, "Add a passkey or security key" in three) == (False, True)


def test_few_recovery_codes_are_pointed_out(signed_in: Browser, ada: User) -> None:
    has_app(ada)
    codes = recovery.make(ada, timezone.now())
    warning = "Few recovery codes are left"
    assert warning not in signed_in.get(SECURITY).content.decode()

    for code in codes[recovery.FEW :]:
        recovery.accept(ada, code)

    assert warning in signed_in.get(SECURITY).content.decode()


@pytest.mark.parametrize(("left", "is_told"), [(3, False), (2, True), (0, True)])
def test_hardly_any_code_left_is_told_at_each_sign_in(
    browser: Browser, ada: User, left: int, is_told: bool
) -> None:
    secret = has_app(ada)
    for code in recovery.make(ada, timezone.now())[left:]:
        recovery.accept(ada, code)
    with_password(browser)

    browser.post("/accounts/login/second/", {"code": code_of(secret)})

    assert ("hardly any recovery codes left" in browser.get(SECURITY).content.decode()) is is_told


def test_who_has_no_factor_is_told_nothing_of_codes(signed_in: Browser) -> None:
    assert "hardly any recovery codes" not in signed_in.get(SECURITY).content.decode()


def test_page_says_when_the_password_was_changed(signed_in: Browser, ada: User) -> None:
    User.objects.update(password_set_at=None)
    before = signed_in.get(SECURITY).content.decode()
    person = User.objects.get(pk=ada.pk)
    person.set_password("another-horse-battery")
    person.save(update_fields=["password"])

    assert "Last changed" not in before
    hers = Browser()
    hers.force_login(person)
    assert "Last changed" in hers.get(SECURITY).content.decode()


def test_keys_say_what_they_are(signed_in: Browser, ada: User) -> None:
    said = {}
    for verifies in (True, False):
        for synced in (True, False):
            has_passkey(ada, verifies=verifies, synced=synced)
            page = signed_in.get(SECURITY).content.decode()
            words = ["Enough on its own", "Beside the password", "On several", "On one device"]
            said[verifies, synced] = [word in page for word in words]
            Authenticator.objects.all().delete()

    assert said == {
        (True, True): [True, False, True, False],
        (True, False): [True, False, False, True],
        (False, True): [False, True, True, False],
        (False, False): [False, True, False, True],
    }


def test_without_javascript_the_page_says_what_it_needs(confirmed: Browser) -> None:
    page = confirmed.get(ADD_PASSKEY).content.decode()

    noscript = page.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "Passkeys need JavaScript" in noscript
