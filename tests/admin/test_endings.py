"""Switching people and applications off, or deleting them, reaches resource servers."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser
from django.urls import reverse

from consent.models import Grant
from foundation.directory.models import User
from foundation.journal import deny_list
from tests.admin.forms import submit
from tests.relying_party import RelyingParty

Act = Callable[[Browser, User, RelyingParty], object]


def change_page(row: object, kind: str) -> str:
    return reverse(f"admin:directory_{kind}_change", args=[row.pk])  # type: ignore[attr-defined]


def switch_person_off(browser: Browser, person: User, rp: RelyingParty) -> None:
    submit(browser, change_page(person, "user"), is_active="")


def switch_application_off(browser: Browser, person: User, rp: RelyingParty) -> None:
    submit(browser, change_page(rp.client, "client"), is_active="")


def delete_person(browser: Browser, person: User, rp: RelyingParty) -> None:
    browser.post(reverse("admin:directory_user_delete", args=[person.pk]), {"post": "yes"})


def delete_application(browser: Browser, person: User, rp: RelyingParty) -> None:
    browser.post(reverse("admin:directory_client_delete", args=[rp.client.pk]), {"post": "yes"})


def delete_people_in_bulk(browser: Browser, person: User, rp: RelyingParty) -> None:
    data = {"action": "delete_selected", "_selected_action": [person.pk], "post": "yes"}
    browser.post(reverse("admin:directory_user_changelist"), data)


def has_ended(person: User, rp: RelyingParty) -> bool:
    people, clients = type(person).objects, type(rp.client).objects
    return not (
        people.filter(pk=person.pk, is_active=True).exists()
        and clients.filter(pk=rp.client.pk, is_active=True).exists()
    )


ENDINGS = [
    switch_person_off,
    switch_application_off,
    delete_person,
    delete_application,
    delete_people_in_bulk,
]


@pytest.mark.parametrize("act", ENDINGS)
def test_grants_with_live_tokens_are_listed(
    browser: Browser, person: User, rp: RelyingParty, act: Act
) -> None:
    rp.obtain_tokens(person, scope="openid email")
    grant = str(Grant.objects.get().pk)

    act(browser, person, rp)

    assert has_ended(person, rp)
    assert [(e["grant_id"], e["scopes"]) for e in deny_list.current().as_json()["grants"]] == [
        (grant, None)
    ]


@pytest.mark.parametrize("act", ENDINGS)
def test_grants_that_gave_no_token_are_not_listed(
    browser: Browser, person: User, rp: RelyingParty, act: Act
) -> None:
    rp.obtain_code(person, scope="openid email")

    act(browser, person, rp)

    assert has_ended(person, rp)
    assert deny_list.current().grants == {}


def test_other_changes_list_nothing(browser: Browser, person: User, rp: RelyingParty) -> None:
    rp.obtain_tokens(person, scope="openid email")

    submit(browser, change_page(person, "user"), nickname="Countess")
    submit(browser, change_page(rp.client, "client"), purpose="Testing")

    assert deny_list.current().grants == {}
