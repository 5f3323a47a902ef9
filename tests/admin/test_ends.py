"""Saying until when somebody may do anything, on their page and for many."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from console.identity.lives.ends import FORMAT
from foundation.directory.models import GroupMembership, User
from tests.admin.conftest import browser_of, staff
from tests.factories import make_person

LIST = reverse("admin:directory_user_changelist")
LATER = (timezone.now() + timedelta(days=30)).replace(second=0, microsecond=0)


def page_of(person: User) -> str:
    return reverse("admin:directory_user_ends", args=[person.pk])


def said(moment: object = LATER) -> str:
    return timezone.localtime(moment).strftime(FORMAT)  # type: ignore[arg-type]


def test_end_and_group_are_set_and_shown(browser: Browser, person: User) -> None:
    group = Group.objects.create(name="project")

    form = {"ends_at": said(), "group": group.pk, "group_ends_at": said()}
    assert browser.post(page_of(person), form).status_code == 302

    person.refresh_from_db()
    assert person.ends_at == LATER
    assert GroupMembership.objects.get().ends_at == LATER
    assert said() in browser.get(page_of(person)).content.decode()
    assert "Until " in browser.get(LIST).content.decode()


def test_they_are_taken_out_at_once(browser: Browser, person: User) -> None:
    row = GroupMembership.objects.create(user=person, group=Group.objects.create(name="project"))

    browser.post(page_of(person), {"leave": row.pk})

    assert not GroupMembership.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"ends_at": "tomorrow"}, {"group": "0"}, {"group": "", "group_ends_at": "x"}]
)
def test_what_is_no_moment_is_refused_and_nothing_changes(
    browser: Browser, person: User, wrong: dict[str, str]
) -> None:
    assert browser.post(page_of(person), {"ends_at": said(), **wrong}).status_code == 200
    assert User.objects.get(pk=person.pk).ends_at is None


def test_a_membership_that_would_be_over_is_refused(browser: Browser, person: User) -> None:
    group = Group.objects.create(name="project")
    past = timezone.now() - timedelta(days=1)

    answer = browser.post(page_of(person), {"group": group.pk, "group_ends_at": said(past)})

    assert answer.status_code == 200
    assert not GroupMembership.objects.exists()


def test_many_get_an_end_after_a_question(browser: Browser, person: User) -> None:
    grace = make_person(username="grace")
    chosen = {"action": "set_ends", "_selected_action": [person.pk, grace.pk]}
    asked = browser.post(LIST, chosen).content.decode()
    assert "grace" in asked
    assert not User.objects.exclude(ends_at=None).exists()

    browser.post(LIST, {**chosen, "confirmed": "1", "changes_end": "on", "ends_at": said()})

    assert User.objects.filter(ends_at=LATER).count() == 2


def test_staff_give_nobody_a_group_and_touch_nobody_above_them(person: User) -> None:
    helpdesk = browser_of(staff("directory.change_user", "directory.view_user"))
    boss = make_person(username="boss", is_superuser=True, is_staff=True)
    group = Group.objects.create(name="power")

    helpdesk.post(page_of(person), {"group": group.pk, "ends_at": said()})
    refused = helpdesk.post(page_of(boss), {"ends_at": said()})
    chosen = {"action": "set_ends", "_selected_action": [person.pk, boss.pk], "confirmed": "1"}
    helpdesk.post(LIST, {**chosen, "ends_at": said(), "changes_end": "on", "group": group.pk})

    assert refused.status_code == 403
    assert not GroupMembership.objects.exists()
    assert User.objects.get(pk=boss.pk).ends_at is None
    assert User.objects.get(pk=person.pk).ends_at == LATER


def test_groups_of_a_person_are_changed_on_their_page_and_keep_their_end(
    browser: Browser, person: User
) -> None:
    from tests.html_forms import form_with

    old, new = Group.objects.create(name="old"), Group.objects.create(name="new")
    GroupMembership.objects.create(user=person, group=old, ends_at=LATER)
    page = reverse("admin:directory_user_change", args=[person.pk])
    form = form_with(browser.get(page).content.decode(), "username")

    browser.post(page, {**form.data, "member_of": [old.pk, new.pk]})

    assert dict(GroupMembership.objects.values_list("group__name", "ends_at")) == {
        "old": LATER,
        "new": None,
    }
