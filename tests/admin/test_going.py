"""Offboarding: everything that ends is shown, then ended, and what stays open is said."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from claims.catalogue.models import DataOwner
from consent.approvals.models import Approval, ApprovalRule, ApprovalState, Approvers, Delegation
from consent.models import Grant
from console.identity.lives.going import let_go
from console.identity.lives.what_ends import what_ends
from foundation.directory.models import Client, GroupMembership, User
from foundation.directory.sources.models import ProvidedPerson
from foundation.journal.context import DecisionContext
from foundation.journal.models import Act, Actor, Kind
from idp.models import ScimConnection, ScimUser
from tests.accounts.factors.holding import has_app
from tests.admin.conftest import browser_of, staff
from tests.approvals.asking import Asking, make_owner, make_rule, make_someone
from tests.factories import make_grant, make_person

LIST = reverse("admin:directory_user_changelist")
BY = DecisionContext(locale="en", actor=Actor.ADMINISTRATOR, reason="Left")


def page_of(person: User) -> str:
    return reverse("admin:directory_user_going", args=[person.pk])


@pytest.fixture
def busy(person: User, application: Client) -> User:
    """Somebody with one of everything."""
    other, now = make_someone("grace"), timezone.now()
    UserSession.objects.create(user=person, ip="192.0.2.1", session_key="k", user_agent="Browser")
    make_grant(person=person, client=application, scopes={"openid"})
    Asking(application, person).lodge()
    GroupMembership.objects.create(user=person, group=Group.objects.create(name="analysts"))
    application.only_people.add(person)
    has_app(person)
    make_owner(person, "sales.*")
    make_rule(Approvers.PEOPLE, people=[person])
    day = timedelta(days=1)
    for one, another in ((person, other), (other, person)):
        Delegation.objects.create(
            from_person=one, to_person=another, starts_at=now - day, ends_at=now + day
        )
    ProvidedPerson.objects.create(person=person, source="ldap:head-office", key="k", gives=[])
    connection = ScimConnection.objects.create(name="Entra")
    ScimUser.objects.create(person=person, connection=connection, user_name="a", user_name_key="a")
    return person


def open_parts(person: User, successor: User | None = None) -> set[str]:
    return {part.title for part in what_ends(person, successor) if part.is_open}


def test_page_shows_everything_and_changes_nothing(browser: Browser, busy: User) -> None:
    page = browser.get(page_of(busy)).content.decode()

    for said in ("192.0.2.1", "Example: openid", "analysts", "sales.*", "head-office", "Entra"):
        assert said in page
    assert len(what_ends(busy)) >= 10
    assert User.objects.get(pk=busy.pk).is_active
    assert Grant.objects.get().revoked_at is None


def test_one_button_ends_it_in_an_act_with_a_letter(
    browser: Browser, busy: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(page_of(busy), {"reason": "Left"}).status_code == 302

    gone = User.objects.get(pk=busy.pk)
    assert not gone.is_active
    assert not UserSession.objects.filter(user=busy).exists()
    assert Grant.objects.get().revoked_at is not None
    assert Approval.objects.get().state == ApprovalState.REVOKED
    assert not GroupMembership.objects.exists()
    assert not Client.objects.filter(only_people=busy).exists()
    assert not Delegation.objects.filter(ends_at__gt=timezone.now()).exists()
    act = Act.objects.select_related("personal").get(kind=Kind.LET_GO)
    assert act.actor == Actor.ADMINISTRATOR
    assert act.personal.reason == "Left"
    assert [letter.to for letter in mail.outbox if "ended" in letter.subject] == [[busy.email]]


def test_what_nobody_takes_over_is_said_to_be_open(busy: User) -> None:
    grace = User.objects.get(username="grace")
    before = {"Data that they answer for", "Rules that name them", "Directories", "SCIM"}

    assert before <= open_parts(busy)
    assert open_parts(busy, grace) == {"Directories", "SCIM"}

    let_go(busy, BY, timezone.now())
    assert before <= open_parts(busy)


def test_a_successor_answers_from_then_on(
    browser: Browser, busy: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(page_of(busy), {"reason": "Left", "successor": "grace"})

    grace = User.objects.get(username="grace")
    assert DataOwner.objects.get().person == grace
    assert list(ApprovalRule.objects.get(who=Approvers.PEOPLE).people.all()) == [grace]
    assert open_parts(busy) == {"Directories", "SCIM"}
    assert [letter.to for letter in mail.outbox if "answer for" in letter.subject] == [
        ["grace@example.com"]
    ]


@pytest.mark.parametrize("wrong", [{"reason": ""}, {"successor": "nobody"}, {"successor": "ada"}])
def test_without_a_reason_or_with_nobody_as_successor_nothing_ends(
    browser: Browser, busy: User, wrong: dict[str, str]
) -> None:
    assert browser.post(page_of(busy), {"reason": "Left", **wrong}).status_code == 200
    assert User.objects.get(pk=busy.pk).is_active


def test_a_source_does_not_let_them_in_again(busy: User) -> None:
    let_go(busy, BY, timezone.now())
    User.objects.filter(pk=busy.pk).update(is_active=True)

    assert not User.objects.get(pk=busy.pk).is_active


def test_who_may_not_change_owners_names_no_successor(busy: User) -> None:
    helpdesk = staff("directory.change_user", "directory.view_user")

    browser_of(helpdesk).post(page_of(busy), {"reason": "Left", "successor": helpdesk.username})

    assert DataOwner.objects.get().person == busy
    assert not User.objects.get(pk=busy.pk).is_active


def test_nobody_ends_people_above_them_or_themselves(browser: Browser, administrator: User) -> None:
    helpdesk = browser_of(staff("directory.change_user", "directory.view_user"))

    assert helpdesk.post(page_of(administrator), {"reason": "x"}).status_code == 403
    assert helpdesk.get(page_of(administrator)).status_code == 403
    browser.post(page_of(administrator), {"reason": "x"})
    chosen = {"action": "let_go", "_selected_action": [administrator.pk], "confirmed": "1"}
    helpdesk.post(LIST, {**chosen, "reason": "x"})

    assert User.objects.get(pk=administrator.pk).is_active
    assert not Act.objects.filter(kind=Kind.LET_GO).exists()


def test_twice_is_once(busy: User) -> None:
    assert let_go(busy, BY, timezone.now())
    assert not let_go(busy, BY, timezone.now())
    assert Act.objects.filter(kind=Kind.LET_GO).count() == 1


def test_many_go_after_a_question(browser: Browser, busy: User) -> None:
    linus = make_person(username="linus")
    chosen = {"action": "let_go", "_selected_action": [busy.pk, linus.pk]}
    assert "linus" in browser.post(LIST, chosen).content.decode()
    assert User.objects.get(pk=linus.pk).is_active

    browser.post(LIST, {**chosen, "confirmed": "1", "reason": "Left"})

    assert Act.objects.filter(kind=Kind.LET_GO).count() == 2
