"""History as its person reads it."""

from dataclasses import replace
from html import unescape
from itertools import product
from typing import Any

import pytest
from django.test import Client as Browser

from consent.grants import services as grant_services
from consent.models import Grant
from consent.my_access.timeline import PER_PAGE
from foundation.directory.models import User
from foundation.journal.acts import Actor, Entry, Kind, record
from foundation.journal.context import DecisionContext
from foundation.journal.erasure import erase_history_of
from foundation.journal.models import Act
from tests.consent.asking import Asking

pytestmark = pytest.mark.django_db
PATH = "/account/history/"


def html_of(browser: Browser, query: str = "", **extra: Any) -> str:
    return unescape(browser.get(PATH + query, **extra).content.decode())


def test_every_kind_of_act_is_told(browser: Browser, asking: Asking) -> None:
    for kind in Kind:
        record(
            [
                Entry(
                    kind=kind,
                    actor=Actor.PERSON,
                    person=asking.user.pk,
                    client=asking.client.pk,
                    scope="email",
                )
            ]
        )

    html = html_of(browser)

    for said in (
        "Query Desk asked for access.",
        "You were shown what Query Desk asks for.",
        "You allowed Query Desk: E-mail address.",
        "You said no to Query Desk: E-mail address.",
        "The time that Query Desk had is over: E-mail address.",
        "You took back from Query Desk: E-mail address.",
        "You let Query Desk ask again: E-mail address.",
        "Query Desk got a token.",
    ):
        assert said in html


def test_it_says_from_where_and_why(browser: Browser, chain: list[Act]) -> None:
    html = html_of(browser)

    assert "192.0.2.7" in html
    assert "Reason: why" in html
    assert "<q>See your e-mail address.</q>" in html


def test_an_administrator_s_act_is_told_as_such(browser: Browser, grant: Grant) -> None:
    grant_services.revoke_grant(
        grant, context=DecisionContext(actor=Actor.ADMINISTRATOR, actor_id="1", reason="Left")
    )

    assert "An administrator took back from Query Desk" in html_of(browser)


def test_it_is_one_s_own(linus: User, grant: Grant) -> None:
    other = Browser()
    other.force_login(linus)

    assert "Query Desk" not in html_of(other)
    assert "Query Desk" not in html_of(other, f"?grant={grant.pk}")


def test_it_can_be_about_one_grant(browser: Browser, grant: Grant, asking: Asking) -> None:
    about = html_of(browser, f"?grant={grant.pk}")

    assert "You allowed Query Desk" in about
    assert "asked for access" not in about


@pytest.mark.parametrize("grant_id", ["x", "1"])
def test_a_grant_that_cannot_be_does_not_exist(browser: Browser, grant_id: str) -> None:
    assert browser.get(f"{PATH}?grant={grant_id}").status_code == 404


@pytest.mark.parametrize("more", [0, 1, PER_PAGE, PER_PAGE + 1])
def test_it_comes_in_pages(browser: Browser, ada: User, more: int) -> None:
    act = Entry(kind=Kind.DELEGATED, actor=Actor.PERSON, person=ada.pk)
    record([replace(act, kind=Kind.ASKED), *[act] * (PER_PAGE - 1 + more)])
    pages, last = 1 + -(-more // PER_PAGE), "an application that is gone asked for access"

    for number in range(1, pages + 1):
        html = html_of(browser, f"?page={number}")
        assert ('rel="next"' in html) is (number < pages)
        assert ('rel="prev"' in html) is (number > 1)
        assert (last in html) is (number == pages)
    assert html_of(browser).count("<li>") == html_of(browser, "?page=1").count("<li>")
    assert last in html_of(browser, "?page=999999")


def test_what_others_wrote_is_text(browser: Browser, asking: Asking) -> None:
    evil = "<b>%(titles)s %s {{ 7 }}\u202e"
    asking.client.name = evil
    asking.client.save()
    said = dict.fromkeys(("address", "user_agent", "reason", "shared_email", "scope"), evil)
    people = {"person": asking.user.pk, "client": asking.client.pk}
    everything = [
        Entry(kind=kind, actor=actor, detail={"sentence": evil}, **people, **said)
        for kind, actor in product(Kind, Actor)
    ]
    record(everything)

    pages = range(1, 2 + len(everything) // PER_PAGE)
    html = "".join(browser.get(f"{PATH}?page={page}").content.decode() for page in pages)

    assert html.count("&lt;b&gt;%(titles)s %s {{ 7 }}") > 4 * len(everything)
    assert "<b>" not in html
    assert "&lt;b&gt;%(titles)s %s {{ 7 }}⟨U+202E⟩" in html


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999"])
def test_a_page_that_is_not_there_is_another(browser: Browser, grant: Grant, page: str) -> None:
    assert browser.get(f"{PATH}?page={page}").status_code == 200


def test_it_takes_few_statements(
    browser: Browser, grant: Grant, django_assert_max_num_queries: Any
) -> None:
    html_of(browser)

    with django_assert_max_num_queries(12):
        html_of(browser)


def test_an_application_that_is_gone_is_said_to_be(browser: Browser, grant: Grant) -> None:
    grant.client.delete()

    assert "an application that is gone" in html_of(browser)


def test_what_was_erased_is_not_shown(browser: Browser, grant: Grant, ada: User) -> None:
    erase_history_of(ada.pk)

    assert "Nothing has happened yet." in html_of(browser)


def test_it_speaks_german(browser: Browser, grant: Grant) -> None:
    assert "Sie haben Query Desk erlaubt" in html_of(browser, HTTP_ACCEPT_LANGUAGE="de")


def test_nobody_reads_it_without_signing_in() -> None:
    assert Browser().get(PATH)["Location"].startswith("/accounts/login/")
