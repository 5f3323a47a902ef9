"""Lists at any size: how people are found, what orders a list, and what is too much to delete."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from consent.models import Grant
from console.common import object_admin
from console.records.finding import searching
from foundation.directory.models import Client, User
from tests.factories import make_grant, make_person

PEOPLE = reverse("admin:directory_user_changelist")


def people_in(browser: Browser, **query: str) -> set[str]:
    return {row.username for row in browser.get(PEOPLE, query).context["cl"].result_list}


@pytest.fixture
def bela(person: User) -> User:
    """Somebody else than Ada."""
    return make_person(
        username="Bela",
        name="Béla Viktor János",
        given_name="Béla",
        family_name="Bartók",
        email="composer@example.net",
        external_id="emp-1881",
    )


@pytest.mark.both_databases
@pytest.mark.parametrize("term", ["bel", "béla V", "BART", "composer@", "emp-18", " emp-1881 "])
def test_people_are_found_by_how_any_of_their_names_begins(
    browser: Browser, bela: User, term: str
) -> None:
    assert people_in(browser, q=term) == {"Bela"}


@pytest.mark.both_databases
@pytest.mark.parametrize("term", ["ela", "viktor", "example.net", "1881", "bel%", "b_l", "'"])
def test_nobody_is_found_by_anything_else(browser: Browser, bela: User, term: str) -> None:
    assert people_in(browser, q=term) == set()


def test_somebody_is_found_by_the_key(browser: Browser, bela: User) -> None:
    assert people_in(browser, q=str(bela.pk)) == {"Bela"}


def test_so_many_are_found_by_one_beginning_and_no_more(
    browser: Browser, bela: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_person(username="belinda")
    monkeypatch.setattr(searching, "MOST_PEOPLE", 1)

    assert len(people_in(browser, q="bel")) == 1


@pytest.mark.parametrize("name", ["admin:history", "admin:changes", "admin:policy_decisions"])
def test_records_of_very_many_people_are_not_looked_for(
    browser: Browser, bela: User, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_person(username="belinda")
    monkeypatch.setattr(searching, "MOST_WITH_RECORDS", 1)
    field = "by" if name == "admin:changes" else "person"

    refused = browser.get(reverse(name), {field: "bel"}).content.decode()
    found = browser.get(reverse(name), {field: "beli"}).content.decode()

    assert "More than 1 people begin like this: type more." in refused
    assert "begin like this" not in found
    export = reverse(f"{name}_export", query={field: "bel"})
    assert browser.post(export, {"format": "csv"}).status_code == 400


def test_a_list_of_records_says_so_too(
    browser: Browser, person: User, bela: User, application: Client, monkeypatch: Any
) -> None:
    make_grant(person=person, client=application, scopes=["openid"])
    grant = make_grant(person=bela, client=application, scopes=["openid"])
    make_person(username="belinda")
    address = reverse("admin:consent_grant_changelist")
    both = browser.get(address, {"q": "b"}).context["cl"].result_list
    monkeypatch.setattr(searching, "MOST_WITH_RECORDS", 1)

    refused = browser.get(address, {"q": "bel"})

    assert list(both) == [grant]
    assert list(refused.context["cl"].result_list) == []
    assert "More than 1 people begin like this" in refused.content.decode()


@pytest.mark.usefixtures("one_of_everything")
def test_a_list_is_ordered_by_nothing_that_it_does_not_offer(browser: Browser) -> None:
    ordered = browser.get(PEOPLE, {"o": "1"}).context["cl"].queryset.query.order_by
    refused = browser.get(PEOPLE, {"o": "-5"}).context["cl"].queryset.query.order_by

    assert ordered == ("username",)
    assert not {column for column in refused if "last_login" in column}


@pytest.mark.parametrize("of", ["user", "client"])
def test_what_has_been_used_too_much_is_deactivated_and_not_deleted(
    browser: Browser,
    person: User,
    application: Client,
    of: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grant = make_grant(person=person, client=application, scopes={"openid"})
    Grant.objects.create(user=person, client=application, separate=True)
    row: Any = getattr(grant, of)
    monkeypatch.setattr(object_admin, "MOST_GOING_ALONG", 1)
    address = reverse(f"admin:directory_{row._meta.model_name}_delete", args=[row.pk])

    page = browser.get(address)
    browser.post(address, {"post": "yes"})

    assert "More than 1: grants" in page.content.decode()
    assert type(row).objects.filter(pk=row.pk).exists()
    assert Grant.objects.count() == 2
