"""Which person an account elsewhere is: by provider and `sub`, and nothing else."""

import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client as Browser
from django.utils import timezone

from foundation.directory.models import User
from foundation.directory.upstream.models import UpstreamAccount, UpstreamProvider
from foundation.journal.models import Act, Kind
from idp.accounts.services import create_person
from tests.accounts.factors.holding import ACCOUNT, CONFIRM, has_passkey, is_signed_in
from tests.people import PASSWORD, sign_in
from tests.upstream.elsewhere import BEGIN, Elsewhere, back, leave, make_provider, there_and_back

pytestmark = pytest.mark.django_db
CONNECT = f"{BEGIN}there/connect/"
CONFIRM_THERE = f"{BEGIN}confirm/"
VERIFIED = {"email": "Neu@Example.com", "email_verified": True, "preferred_username": "neu"}


def connected(provider: UpstreamProvider, person: User, sub: str) -> UpstreamAccount:
    return UpstreamAccount.objects.create(
        provider=provider, sub=sub, user=person, connected_at=timezone.now()
    )


def confirmed(browser: Browser, name: str) -> None:
    """Sign in, and confirm a moment ago that it is them."""
    sign_in(browser, name)
    browser.post(CONFIRM, {"password": PASSWORD})


def person_here(browser: Browser) -> str:
    return str(browser.session.get("_auth_user_id", ""))


# --- newcomers --------------------------------------------------------------------------------


def test_newcomer_gets_an_account_where_the_provider_may_bring_them(
    browser: Browser, elsewhere: Elsewhere, db: None
) -> None:
    make_provider(elsewhere, newcomers="everybody", believes_addresses=True)
    elsewhere.claims = {**VERIFIED, "name": "Neu Angekommen"}

    there_and_back(browser, elsewhere)

    person = User.objects.get(username="neu")
    assert person_here(browser) == str(person.pk)
    assert (person.email, person.email_verified) == ("neu@example.com", True)
    assert person.get_full_name() == "Neu Angekommen"
    assert not person.has_usable_password()
    assert Act.objects.filter(kind=Kind.FACTOR_ADDED, personal__person=person.pk).exists()


def test_the_same_sub_is_the_same_person_whatever_else_changes(
    browser: Browser, elsewhere: Elsewhere, db: None
) -> None:
    make_provider(elsewhere, newcomers="everybody")
    elsewhere.claims = VERIFIED
    there_and_back(browser, elsewhere)
    elsewhere.claims = {"email": "other@example.com", "preferred_username": "other"}
    again = Browser()

    there_and_back(again, elsewhere)

    assert person_here(again) == person_here(browser)
    assert User.objects.count() == 1


def test_another_sub_is_another_person_with_the_same_address_and_name(
    browser: Browser, elsewhere: Elsewhere, db: None
) -> None:
    make_provider(elsewhere, newcomers="everybody")
    elsewhere.claims = VERIFIED
    there_and_back(browser, elsewhere)
    elsewhere.sub = "another"
    other = Browser()

    there_and_back(other, elsewhere)

    assert is_signed_in(other)
    assert person_here(other) != person_here(browser)


@pytest.mark.parametrize("sub", ["SUB-OF-ADA", "sub-of-ada ", "sub-of-adä"])
def test_sub_is_compared_exactly(
    browser: Browser, elsewhere: Elsewhere, ada: User, sub: str
) -> None:
    connected(make_provider(elsewhere), ada, "sub-of-ada")
    elsewhere.sub = sub

    assert there_and_back(browser, elsewhere).status_code == 403
    assert not is_signed_in(browser)


def test_sub_of_another_provider_is_another_person(
    browser: Browser, elsewhere: Elsewhere, ada: User
) -> None:
    connected(make_provider(elsewhere, "other"), ada, elsewhere.sub)
    make_provider(elsewhere)

    assert there_and_back(browser, elsewhere).status_code == 403
    assert not is_signed_in(browser)


@pytest.mark.parametrize("verified", [True, False, None, "true", 1])
@pytest.mark.parametrize("believes", [True, False])
def test_address_of_somebody_here_signs_nobody_in_as_them(
    browser: Browser, elsewhere: Elsewhere, ada: User, verified: Any, believes: bool
) -> None:
    make_provider(elsewhere, newcomers="everybody", believes_addresses=believes)
    elsewhere.claims = {"email": ada.email, "email_verified": verified}

    there_and_back(browser, elsewhere)

    assert person_here(browser) != str(ada.pk)
    assert EmailAddress.objects.filter(email=ada.email).count() == 1
    assert not UpstreamAccount.objects.filter(user=ada).exists()


@pytest.mark.parametrize(
    ("verified", "believes"),
    [(False, True), (None, True), ("true", True), ("false", True), (1, True), (True, False)],
)
def test_address_that_is_not_proved_is_not_kept(
    browser: Browser, elsewhere: Elsewhere, db: None, verified: Any, believes: bool
) -> None:
    make_provider(elsewhere, newcomers="everybody", believes_addresses=believes)
    elsewhere.claims = {"email": "victim@example.com", "email_verified": verified}

    there_and_back(browser, elsewhere)

    person = User.objects.get()
    assert (person.email, person.email_verified) == ("", False)
    assert not EmailAddress.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "neu@example.com", "email_verified": False},
        {"email": "neu@example.com"},
        {"email": "neu@example.com.evil.example", "email_verified": True},
        {"email": "neu@evil-example.com", "email_verified": True},
        {"email": ["neu@example.com"], "email_verified": True},
        {},
    ],
    ids=str,
)
def test_who_is_not_of_the_domain_gets_no_account(
    browser: Browser, elsewhere: Elsewhere, db: None, claims: dict[str, Any]
) -> None:
    make_provider(elsewhere, newcomers="domains", domains="example.com example.org")
    elsewhere.claims = claims

    assert there_and_back(browser, elsewhere).status_code == 403
    assert not User.objects.exists()


def test_who_is_of_the_domain_gets_one(browser: Browser, elsewhere: Elsewhere, db: None) -> None:
    make_provider(elsewhere, newcomers="domains", domains="example.com")
    elsewhere.claims = VERIFIED

    there_and_back(browser, elsewhere)

    assert is_signed_in(browser)


def test_nobody_gets_one_where_only_connected_accounts_count(
    browser: Browser, elsewhere: Elsewhere, db: None
) -> None:
    make_provider(elsewhere)
    elsewhere.claims = VERIFIED

    assert there_and_back(browser, elsewhere).status_code == 403
    assert not User.objects.exists()


@pytest.mark.parametrize("said", ["admin", "ADMIN", "admin@evil.example", "<b>", "", 7, "x" * 300])
def test_newcomer_never_takes_a_name_that_somebody_has(
    browser: Browser, elsewhere: Elsewhere, db: None, said: Any
) -> None:
    admin = create_person("admin", "admin@example.com", PASSWORD, is_superuser=True)
    make_provider(elsewhere, newcomers="everybody")
    elsewhere.claims = {"preferred_username": said}

    there_and_back(browser, elsewhere)

    assert person_here(browser) not in {"", str(admin.pk)}
    person = User.objects.get(pk=person_here(browser))
    assert not person.is_staff
    assert not person.is_superuser


# --- connecting -------------------------------------------------------------------------------


def test_connecting_takes_proof_of_both_and_is_told(
    browser: Browser, elsewhere: Elsewhere, ada: User
) -> None:
    make_provider(elsewhere)
    confirmed(browser, "ada")

    there_and_back(browser, elsewhere, CONNECT)

    assert UpstreamAccount.objects.get().user == ada
    assert Act.objects.filter(kind=Kind.FACTOR_ADDED, personal__person=ada.pk).exists()
    assert "There" in browser.get(f"{ACCOUNT}security/").content.decode()
    other = Browser()
    there_and_back(other, elsewhere)
    assert person_here(other) == str(ada.pk)


def test_connecting_tells_the_person_by_mail(
    browser: Browser,
    elsewhere: Elsewhere,
    ada: User,
    django_capture_on_commit_callbacks: Any,
) -> None:
    make_provider(elsewhere)
    confirmed(browser, "ada")

    with django_capture_on_commit_callbacks(execute=True):
        there_and_back(browser, elsewhere, CONNECT)

    assert [letter.to for letter in mail.outbox] == [[ada.email]]


def test_nobody_connects_without_being_signed_in(
    browser: Browser, elsewhere: Elsewhere, db: None
) -> None:
    make_provider(elsewhere)

    assert "/login/" in browser.post(CONNECT)["Location"]


def test_old_session_connects_nothing(
    browser: Browser, elsewhere: Elsewhere, ada: User, monkeypatch: Any
) -> None:
    make_provider(elsewhere)
    sign_in(browser, "ada")
    later = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: later)

    assert browser.post(CONNECT)["Location"].startswith(CONFIRM)


def test_who_began_connecting_has_to_be_there_still(
    browser: Browser, elsewhere: Elsewhere, ada: User, grace: User
) -> None:
    make_provider(elsewhere)
    confirmed(browser, "ada")
    state = leave(browser, elsewhere, CONNECT)["state"]
    browser.post(f"{ACCOUNT}switch/")
    sign_in(browser, "grace")

    assert back(browser, state).status_code == 400
    assert not UpstreamAccount.objects.exists()


def test_account_of_somebody_else_is_not_taken_over(
    browser: Browser, elsewhere: Elsewhere, ada: User, grace: User
) -> None:
    connected(make_provider(elsewhere), grace, elsewhere.sub)
    confirmed(browser, "ada")

    assert there_and_back(browser, elsewhere, CONNECT).status_code == 403
    assert UpstreamAccount.objects.get().user == grace


# --- disconnecting ----------------------------------------------------------------------------


def test_disconnected_account_signs_nobody_in(
    browser: Browser, elsewhere: Elsewhere, ada: User
) -> None:
    account = connected(make_provider(elsewhere), ada, elsewhere.sub)
    confirmed(browser, "ada")

    browser.post(f"/accounts/upstream/connected/{account.pk}/")

    assert not UpstreamAccount.objects.exists()
    assert Act.objects.filter(kind=Kind.FACTOR_REMOVED, personal__person=ada.pk).exists()
    assert there_and_back(Browser(), elsewhere).status_code == 403


def test_the_last_way_in_stays(browser: Browser, elsewhere: Elsewhere, ada: User) -> None:
    account = connected(make_provider(elsewhere), ada, elsewhere.sub)
    ada.set_unusable_password()
    ada.save()
    there_and_back(browser, elsewhere)

    page = browser.post(f"/accounts/upstream/connected/{account.pk}/")

    assert "only way in" in page.content.decode()
    assert UpstreamAccount.objects.exists()
    has_passkey(ada)
    key = ada.authenticator_set.get()
    key.data = {**key.data, "discoverable": True}
    key.save()
    there_and_back(browser, elsewhere, CONFIRM_THERE)
    browser.post(f"/accounts/upstream/connected/{account.pk}/")
    assert not UpstreamAccount.objects.exists()


def test_account_of_another_person_is_not_found(
    browser: Browser, elsewhere: Elsewhere, ada: User, grace: User
) -> None:
    account = connected(make_provider(elsewhere), grace, elsewhere.sub)
    confirmed(browser, "ada")

    assert browser.get(f"/accounts/upstream/connected/{account.pk}/").status_code == 404
    assert browser.post(f"/accounts/upstream/connected/{account.pk}/").status_code == 404
    assert UpstreamAccount.objects.exists()


# --- confirming -------------------------------------------------------------------------------


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_who_has_no_password_confirms_there_by_signing_in_anew(
    browser: Browser, elsewhere: Elsewhere, ada: User
) -> None:
    connected(make_provider(elsewhere), ada, elsewhere.sub)
    there_and_back(browser, elsewhere)

    asked = leave(browser, elsewhere, CONFIRM_THERE, next="/accounts/email/")

    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    assert back(browser, asked["state"])["Location"] == "/accounts/email/"


@pytest.mark.parametrize("wrong", [{"auth_time": 1}, {"auth_time": None}, {"auth_time": True}])
def test_old_sign_in_there_confirms_nothing(
    browser: Browser, elsewhere: Elsewhere, ada: User, wrong: dict[str, Any]
) -> None:
    connected(make_provider(elsewhere), ada, elsewhere.sub)
    there_and_back(browser, elsewhere)
    elsewhere.wrong = wrong

    assert there_and_back(browser, elsewhere, CONFIRM_THERE).status_code == 400


def test_account_of_somebody_else_confirms_nothing(
    browser: Browser, elsewhere: Elsewhere, ada: User, grace: User
) -> None:
    provider = make_provider(elsewhere)
    connected(provider, ada, elsewhere.sub)
    connected(provider, grace, "sub-of-grace")
    there_and_back(browser, elsewhere)
    elsewhere.sub = "sub-of-grace"

    assert there_and_back(browser, elsewhere, CONFIRM_THERE).status_code == 400
    assert person_here(browser) == str(ada.pk)


def test_old_session_of_who_has_nothing_but_that_account_changes_nothing(
    browser: Browser, elsewhere: Elsewhere, ada: User, monkeypatch: Any
) -> None:
    account = connected(make_provider(elsewhere), ada, elsewhere.sub)
    ada.set_unusable_password()
    ada.save()
    there_and_back(browser, elsewhere)
    later = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: later)

    for path in (f"{ACCOUNT}security/passkey/", f"/accounts/upstream/connected/{account.pk}/"):
        assert browser.post(path)["Location"].startswith(CONFIRM)
    page = browser.get(CONFIRM).content.decode()
    assert "/accounts/upstream/confirm/" in page
