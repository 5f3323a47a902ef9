"""The page that says for whom an application is."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client as Browser
from django.urls import reverse

from foundation.directory.may_use import people_named, set_users
from foundation.directory.models import Client, User
from foundation.journal.acts import record_changes
from foundation.journal.models import Act, DenyListEntry
from tests.admin.conftest import browser_of, staff
from tests.factories import make_person
from tests.relying_party import RelyingParty


def page_of(application: Client) -> str:
    return reverse("admin:directory_client_who_may_use", args=[application.pk])


def test_people_and_groups_are_named(browser: Browser, application: Client, person: User) -> None:
    analysts = Group.objects.create(name="analysts")
    grace = make_person(username="grace")
    grace.groups.add(analysts)
    said = {"is_for_some": "on", "groups": "analysts", "people": person.username}

    assert browser.post(page_of(application), said).status_code == 302

    application.refresh_from_db()
    assert application.is_for_some
    assert set(people_named(application)) == {person, grace}
    page = browser.get(page_of(application)).content.decode()
    assert "analysts" in page
    assert person.username in page


def test_who_is_not_named_again_is_taken_out(
    browser: Browser, application: Client, person: User
) -> None:
    set_users(application, is_for_some=True, people=[person], groups=[])

    browser.post(page_of(application), {"is_for_some": "on"})

    assert not people_named(application)


def test_naming_somebody_is_a_change_in_the_history(
    browser: Browser, application: Client, person: User
) -> None:
    browser.post(page_of(application), {"is_for_some": "on", "people": person.username})
    record_changes()

    kinds = set(Act.objects.values_list("object_kind", flat=True))
    assert {"directory.client", "directory.client_only_people"} & kinds


@pytest.mark.parametrize(
    "wrong", [{"groups": "nobodies"}, {"people": "nobody"}, {"people": "ada\nnobody"}]
)
def test_what_names_nobody_is_refused_and_nothing_changes(
    browser: Browser, application: Client, person: User, wrong: dict[str, str]
) -> None:
    answer = browser.post(page_of(application), {"is_for_some": "on", **wrong})

    assert answer.status_code == 200
    assert not Client.objects.get(pk=application.pk).is_for_some
    assert not application.only_people.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_only_look_at_applications_changes_nothing(
    application: Client, method: str
) -> None:
    onlooker: Any = browser_of(staff("directory.view_client"))

    assert getattr(onlooker, method)(page_of(application), {}).status_code == 403


@pytest.mark.parametrize("is_named", [True, False])
def test_resource_servers_are_told_of_those_who_are_left_out(
    browser: Browser, rp: RelyingParty, person: User, is_named: bool
) -> None:
    rp.obtain_tokens(person, scope="openid profile offline_access")
    said = {"is_for_some": "on", "people": person.username if is_named else ""}

    browser.post(page_of(rp.client), said)

    assert DenyListEntry.objects.exists() is not is_named
