"""Invitations: a link by mail, good once, that leads to a password or a passkey."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client as Browser
from django.utils import timezone

from foundation.directory.models import Client, Invitation, User
from foundation.directory.models.invitation import STANDS
from foundation.journal.acts import Actor
from foundation.journal.context import DecisionContext
from foundation.journal.models import Act, Kind
from idp.accounts.invitations import services
from tests.accounts.factors.holding import has_passkey, is_signed_in, options_on
from tests.authenticator import SoftwarePasskey
from tests.factories import make_client
from tests.people import PASSWORD, sign_in

pytestmark = pytest.mark.django_db
CONTEXT = DecisionContext(locale="en", actor=Actor.ADMINISTRATOR, actor_id="root")
GOOD = {"password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def linus(db: None) -> User:
    """Somebody who was made, and has nothing to sign in with."""
    person = User(username="linus", email="linus@example.org", given_name="Linus")
    person.set_unusable_password()
    person.save()
    return person


def invited(person: User, capture: Any, application: Client | None = None) -> str:
    """Invite somebody; return where the link in the mail leads."""
    with capture(execute=True):
        services.invite(person, CONTEXT, timezone.now(), application=application)
    found = re.search(r"http://[^/\s]+(/accounts/invitation/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


@pytest.fixture
def link(linus: User, django_capture_on_commit_callbacks: Any) -> str:
    return invited(linus, django_capture_on_commit_callbacks)


def is_over(browser: Browser, link: str, person: User) -> bool:
    """Neither shows a form nor takes one."""
    before = User.objects.get(pk=person.pk).password
    answers = [browser.get(link), browser.post(link, GOOD)]
    after = User.objects.get(pk=person.pk).password
    return before == after and [answer.status_code for answer in answers] == [410, 410]


def test_invited_person_chooses_a_password_and_is_in(
    browser: Browser, linus: User, link: str
) -> None:
    assert browser.get(link).status_code == 200
    assert browser.post(link, GOOD)["Location"] == "/accounts/welcome/"

    linus.refresh_from_db()
    assert linus.check_password(PASSWORD)
    assert linus.email_verified
    assert EmailAddress.objects.get(user=linus).verified
    assert is_signed_in(browser)
    assert browser.get("/accounts/welcome/")["Location"] == "/accounts/"
    kinds = Act.objects.filter(personal__person=linus.pk).values_list("kind", flat=True)
    assert {Kind.INVITED, Kind.INVITATION_USED} <= set(kinds)


def test_invited_person_chooses_a_passkey_and_signs_in_with_it(
    browser: Browser, linus: User, link: str
) -> None:
    key = SoftwarePasskey()
    answer = json.dumps(key.create(options_on(browser.get(link))))

    assert browser.post(link, {"answer": answer})["Location"] == (
        "/accounts/login/?next=%2Faccounts%2Fwelcome%2F"
    )

    assert not is_signed_in(browser)
    assert Authenticator.objects.get(user=linus)
    assert not User.objects.get(pk=linus.pk).has_usable_password()
    assert is_over(browser, link, linus)


def test_who_was_invited_to_an_application_is_led_there(
    browser: Browser, linus: User, django_capture_on_commit_callbacks: Any
) -> None:
    client = make_client(client_uri="https://desk.example.com/")[0]
    link = invited(linus, django_capture_on_commit_callbacks, client)
    browser.post(link, GOOD)

    assert "https://desk.example.com/" in browser.get("/accounts/welcome/").content.decode()
    Client.objects.filter(pk=client.pk).update(is_active=False)
    assert browser.get("/accounts/welcome/")["Location"] == "/accounts/"


def test_looking_uses_nothing_up(browser: Browser, linus: User, link: str) -> None:
    for _ in range(3):
        assert browser.get(link).status_code == 200
    assert Invitation.objects.filter(STANDS).count() == 1


def test_invitation_is_good_once(browser: Browser, linus: User, link: str) -> None:
    browser.post(link, GOOD)

    assert is_over(Browser(), link, linus)


def test_two_who_read_it_before_it_was_used_are_not_both_let_in(linus: User, link: str) -> None:
    secret = link.rstrip("/").rpartition("/")[2]
    one, other = (services.find(secret, timezone.now()) for _ in range(2))
    services.use_up(one, CONTEXT, timezone.now())

    with pytest.raises(services.NotInvitedError):
        services.use_up(other, CONTEXT, timezone.now())


OVER: dict[str, Any] = {
    "too old": lambda it, _who: Invitation.objects.update(expires_at=timezone.now()),
    "withdrawn": lambda it, _who: services.withdraw(it, CONTEXT, timezone.now()),
    "sent again": lambda _it, who: services.invite(who, CONTEXT, timezone.now()),
    "address changed": lambda _it, who: User.objects.filter(pk=who.pk).update(email="l@x.example"),
    "switched off": lambda _it, who: User.objects.filter(pk=who.pk).update(is_active=False),
    "has a password": lambda _it, who: (who.set_password("other"), who.save()),
    "has a passkey": lambda _it, who: has_passkey(who),
    "deleted": lambda _it, who: who.delete(),
}


@pytest.mark.parametrize("what", OVER)
def test_invitation_ends_when_it_holds_no_longer(
    browser: Browser, linus: User, link: str, what: str
) -> None:
    invitation = Invitation.objects.get()
    secret = link.rstrip("/").rpartition("/")[2]
    read_before = services.find(secret, timezone.now())

    OVER[what](invitation, linus)

    assert browser.get(link).status_code == 410
    assert browser.post(link, GOOD).status_code == 410
    assert not is_signed_in(browser)
    with pytest.raises((services.NotInvitedError, User.DoesNotExist)):
        services.use_up(read_before, CONTEXT, timezone.now())


@pytest.mark.parametrize("secret", ["x", "0" * 43, "x" * 5000, "ü"])
def test_links_that_nobody_sent_lead_nowhere(
    browser: Browser, linus: User, link: str, secret: str
) -> None:
    assert is_over(browser, f"/accounts/invitation/{secret}/", linus)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"password1": "12345678", "password2": "12345678"},
        {"password1": PASSWORD, "password2": "another one"},
        {"answer": "{}"},
        {"answer": "no JSON"},
    ],
)
def test_what_is_not_taken_uses_nothing_up(
    browser: Browser, linus: User, link: str, wrong: dict[str, str]
) -> None:
    assert browser.post(link, wrong).status_code == 200

    assert Invitation.objects.filter(STANDS).count() == 1
    assert not User.objects.get(pk=linus.pk).has_usable_password()
    assert not Authenticator.objects.exists()


def test_passkey_made_for_another_invitation_is_refused(
    browser: Browser, linus: User, link: str, grace: User, django_capture_on_commit_callbacks: Any
) -> None:
    grace.set_unusable_password()
    grace.save()
    theirs = invited(grace, django_capture_on_commit_callbacks)
    answer = json.dumps(SoftwarePasskey().create(options_on(browser.get(theirs))))

    assert browser.post(link, {"answer": answer}).status_code == 200
    assert not Authenticator.objects.exists()
    assert Invitation.objects.filter(STANDS).count() == 2


def test_session_of_somebody_else_does_not_go_on(browser: Browser, ada: User, link: str) -> None:
    sign_in(browser, "ada")
    before = browser.session.session_key

    browser.post(link, GOOD)

    assert browser.session["_auth_user_id"] == str(User.objects.get(username="linus").pk)
    assert browser.session.session_key != before


@pytest.mark.parametrize("wrong", [{"is_active": False}, {"email": ""}, {"password": "x$y"}])
def test_who_can_sign_in_or_may_not_is_not_invited(linus: User, wrong: dict[str, Any]) -> None:
    User.objects.filter(pk=linus.pk).update(**wrong)

    with pytest.raises(services.NotInvitedError):
        services.invite(linus, CONTEXT, timezone.now())
    assert not Invitation.objects.exists()


def test_link_is_stored_nowhere(link: str) -> None:
    secret = link.rstrip("/").rpartition("/")[2]

    assert secret not in str(Invitation.objects.values())
    assert secret not in str(Act.objects.values())


def test_what_is_long_over_is_forgotten(linus: User, link: str) -> None:
    now = timezone.now()

    assert services.clear_expired(now + services.LIFETIME) == 0
    assert services.clear_expired(now + services.LIFETIME + services.KEPT + timedelta(1)) == 1
