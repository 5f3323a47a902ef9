"""E-mail addresses: adding, confirming, and `email_verified` in step with them."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client as Browser

from foundation.directory.models import User
from idp.accounts.services import keep_email_in_step
from tests.people import PASSWORD

PAGE = "/accounts/email/"


@pytest.fixture
def trusted(signed_in: Browser) -> Browser:
    """A browser in which Ada has just entered her password again."""
    signed_in.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return signed_in


def confirmation_page(message: mail.EmailMessage) -> str:
    found = re.search(r"http://[^/\s]+(/accounts/confirm-email/\S+)", message.body)
    assert found is not None
    return found.group(1)


def test_adding_an_address_needs_the_password_again(signed_in: Browser) -> None:
    response = signed_in.post(PAGE, {"action_add": "", "email": "new@example.com"})

    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert not EmailAddress.objects.filter(email="new@example.com").exists()


def test_added_address_is_not_confirmed_and_gets_a_link(trusted: Browser, ada: User) -> None:
    trusted.post(PAGE, {"action_add": "", "email": "new@example.com"})

    assert not EmailAddress.objects.get(email="new@example.com").verified
    assert mail.outbox[-1].to == ["new@example.com"]


@pytest.mark.spec("OIDC Core", "5.1")
def test_confirming_the_main_address_verifies_the_person(trusted: Browser, ada: User) -> None:
    EmailAddress.objects.filter(user=ada).update(verified=False)
    keep_email_in_step(ada.pk)
    trusted.post(PAGE, {"action_send": "", "email": "ada@example.com"})

    trusted.post(confirmation_page(mail.outbox[-1]))

    ada.refresh_from_db()
    assert ada.email_verified


def test_opening_the_link_confirms_nothing_yet(trusted: Browser, ada: User) -> None:
    trusted.post(PAGE, {"action_add": "", "email": "new@example.com"})

    trusted.get(confirmation_page(mail.outbox[-1]))

    assert not EmailAddress.objects.get(email="new@example.com").verified


@pytest.mark.spec("OIDC Core", "5.1")
def test_confirming_another_address_says_nothing_about_the_main_one(
    trusted: Browser, ada: User
) -> None:
    EmailAddress.objects.filter(user=ada).update(verified=False)
    keep_email_in_step(ada.pk)
    trusted.post(PAGE, {"action_add": "", "email": "new@example.com"})

    trusted.post(confirmation_page(mail.outbox[-1]))

    ada.refresh_from_db()
    assert (ada.email, ada.email_verified) == ("ada@example.com", False)


def test_new_main_address_is_the_persons_address(trusted: Browser, ada: User) -> None:
    EmailAddress.objects.filter(user=ada).update(verified=False)
    keep_email_in_step(ada.pk)
    EmailAddress.objects.create(user=ada, email="new@example.com", verified=True)

    trusted.post(PAGE, {"action_primary": "", "email": "new@example.com"})

    ada.refresh_from_db()
    assert (ada.email, ada.email_verified) == ("new@example.com", True)
    assert mail.outbox[-1].to == ["ada@example.com"]


def test_unconfirmed_address_does_not_become_the_main_one(trusted: Browser, ada: User) -> None:
    EmailAddress.objects.create(user=ada, email="new@example.com", verified=False)

    trusted.post(PAGE, {"action_primary": "", "email": "new@example.com"})

    ada.refresh_from_db()
    assert (ada.email, ada.email_verified) == ("ada@example.com", True)


def test_main_address_cannot_be_removed_while_there_is_another(trusted: Browser, ada: User) -> None:
    EmailAddress.objects.create(user=ada, email="new@example.com", verified=True)

    trusted.post(PAGE, {"action_remove": "", "email": "ada@example.com"})

    assert EmailAddress.objects.filter(user=ada, email="ada@example.com").exists()


def test_address_of_somebody_else_cannot_be_touched(
    trusted: Browser, ada: User, grace: User
) -> None:
    for action in ("action_remove", "action_primary", "action_send"):
        trusted.post(PAGE, {action: "", "email": "grace@example.com"})

    assert EmailAddress.objects.get(email="grace@example.com").user == grace
    assert mail.outbox == []


def test_address_confirmed_by_somebody_else_cannot_be_confirmed_again(
    trusted: Browser, ada: User, grace: User
) -> None:
    trusted.post(PAGE, {"action_add": "", "email": "grace@example.com"})

    trusted.post(confirmation_page(mail.outbox[-1]))

    assert not EmailAddress.objects.get(user=ada, email="grace@example.com").verified
