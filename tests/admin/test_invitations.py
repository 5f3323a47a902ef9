"""Inviting people in lists, and withdrawing invitations: for whom, and by whom."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from foundation.directory.models import Invitation, User
from foundation.directory.models.invitation import STANDS
from foundation.journal.acts import Actor
from foundation.journal.context import DecisionContext
from foundation.journal.models import Act, Kind
from idp.accounts.invitations.services import invite
from tests.admin.conftest import browser_of, staff
from tests.admin.forms import errors
from tests.factories import make_client

PEOPLE = "admin:directory_user_changelist"
INVITATIONS = "admin:directory_invitation_changelist"


def made(username: str, **columns: Any) -> User:
    """Make somebody who has nothing to sign in with."""
    person = User(username=username, email=f"{username}@example.org", **columns)
    person.set_unusable_password()
    person.save()
    return person


@pytest.fixture
def invitation(db: None) -> Invitation:
    context = DecisionContext(locale="en", actor=Actor.ADMINISTRATOR)
    return invite(made("linus"), context, timezone.now())


def act(browser: Browser, page: str, action: str, *rows: Any) -> str:
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    answer = browser.post(reverse(page), chosen, follow=True)
    return str(answer.content.decode())


def test_those_who_cannot_sign_in_are_invited_and_others_are_named(
    browser: Browser, person: User, django_capture_on_commit_callbacks: Any
) -> None:
    person.set_password("correct horse battery")
    person.save()
    with django_capture_on_commit_callbacks(execute=True):
        page = act(browser, PEOPLE, "invite", made("linus"), made("mary"), person)

    assert "Invited: 2." in page
    assert "Not invited: 1." in page
    assert sorted(letter.to[0] for letter in mail.outbox) == [
        "linus@example.org",
        "mary@example.org",
    ]
    assert Act.objects.filter(kind=Kind.INVITED, actor=Actor.ADMINISTRATOR).count() == 2


def test_sending_again_ends_the_one_before(browser: Browser, invitation: Invitation) -> None:
    act(browser, INVITATIONS, "send_again", invitation)

    invitation.refresh_from_db()
    assert invitation.revoked_at is not None
    assert Invitation.objects.filter(STANDS).count() == 1


def test_withdrawing_is_an_act_once(browser: Browser, invitation: Invitation) -> None:
    assert "Withdrawn: 1." in act(browser, INVITATIONS, "withdraw", invitation)
    assert "Withdrawn: 0." in act(browser, INVITATIONS, "withdraw", invitation)

    assert Act.objects.filter(kind=Kind.UNINVITED).count() == 1


@pytest.mark.parametrize("action", ["send_again", "withdraw"])
@pytest.mark.parametrize(
    ("permissions", "power"),
    [
        (["directory.view_invitation"], {}),
        (["directory.view_invitation", "directory.change_user"], {"is_superuser": True}),
    ],
)
def test_staff_without_the_right_or_about_a_superuser_change_nothing(
    invitation: Invitation, action: str, permissions: list[str], power: dict[str, bool]
) -> None:
    User.objects.filter(pk=invitation.person_id).update(**power)

    act(browser_of(staff(*permissions)), INVITATIONS, action, invitation)

    assert Invitation.objects.get(revoked_at=None) == invitation


def test_staff_do_not_invite_a_superuser() -> None:
    boss = made("boss", is_superuser=True)
    stella = staff("directory.view_user", "directory.change_user")

    assert "Not invited: 1." in act(browser_of(stella), PEOPLE, "invite", boss)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("state", ["open", "used", "withdrawn", "over", "nonsense"])
def test_list_is_filtered_by_state(browser: Browser, invitation: Invitation, state: str) -> None:
    page = browser.get(reverse(INVITATIONS), {"state": state}).content.decode()

    assert ("linus@example.org" in page) is (state == "open")


def test_person_is_invited_to_an_application(browser: Browser) -> None:
    client = make_client()[0]
    add, said = reverse("admin:directory_user_add"), {"username": "l", "email": "l@example.org"}

    assert list(errors(browser.post(add, {**said, "application": "nonsense"}))) == ["application"]
    browser.post(add, {**said, "application": client.client_id})

    assert Invitation.objects.get().application == client


def test_page_of_a_person_offers_the_invitation_before_the_password(browser: Browser) -> None:
    linus = made("linus")
    page = reverse("admin:auth_user_password_change", args=[linus.pk])

    assert "Send the invitation" in browser.get(page).content.decode()
    assert not Invitation.objects.exists()
    browser.post(page)
    assert Invitation.objects.get().person == linus
