"""The page "History": timelines, and what the chain says of each act."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from consent.models import Grant
from console.common import paging
from foundation.directory.models import Client, User
from foundation.journal.archive import archive
from foundation.journal.erasure import erase_history_of
from foundation.journal.models import Act
from tests.admin.conftest import browser_of, staff
from tests.admin.records import make_history
from tests.consent.asking import Asking
from tests.consent.history.reading import in_database, tamper
from tests.factories import make_client, make_person

PATH = reverse("admin:history")


@pytest.fixture
def grant(person: User, application: Client) -> Grant:
    return make_history(person, application)


@pytest.fixture
def other(application: Client) -> Grant:
    grace = make_person(username="grace", name="Grace")
    return Asking(grace, make_client(client_name="Elsewhere")[0]).allow(["roles"], ["roles"])


def entries(browser: Browser, **query: Any) -> list[Any]:
    response = browser.get(PATH, query)
    assert response.status_code == 200
    return list(response.context["act_entries"])


def verdicts(browser: Browser) -> dict[Any, tuple[str, tuple[str, ...]]]:
    return {e.act.pk: (e.chain.verdict.value, e.chain.flaws) for e in entries(browser)}


def test_acts_come_newest_first(browser: Browser, grant: Grant) -> None:
    times = [entry.act.at for entry in entries(browser)]

    assert len(times) > 10
    assert times == sorted(times, reverse=True)


def test_a_timeline_is_of_one_person_one_client_or_one_grant(
    browser: Browser, grant: Grant, other: Grant
) -> None:
    for query in (
        {"person": str(grant.user_id)},
        {"person": "ada"},
        {"client": grant.client_id},
        {"grant": grant.pk},
    ):
        acts = [entry.act for entry in entries(browser, **query)]
        assert acts, query
        assert {act.client_id for act in acts} == {grant.client_id}
        assert {act.personal.person_id for act in acts} == {grant.user_id}


def test_it_is_narrowed_by_kind_and_day(browser: Browser, grant: Grant) -> None:
    assert {e.act.kind for e in entries(browser, kind="denied")} == {"denied"}
    assert entries(browser, until="2020-01-01") == []
    assert len(entries(browser, since="2020-01-01")) == Act.objects.count()


@pytest.mark.parametrize(
    "query",
    [
        {"grant": "x"},
        {"client": "x"},
        {"client": "9" * 40},
        {"kind": "x"},
        {"since": "yesterday"},
        {"person": "nobody"},
        {"until": "0000-00-00"},
    ],
)
def test_what_cannot_be_understood_finds_nothing(
    browser: Browser, grant: Grant, query: dict[str, str]
) -> None:
    assert entries(browser, **query) == []


@pytest.mark.parametrize("until", ["9999-12-31", "0001-01-01"])
def test_the_ends_of_time_are_no_error(browser: Browser, grant: Grant, until: str) -> None:
    assert browser.get(PATH, {"until": until, "since": until}).status_code == 200


def test_it_comes_in_pages(browser: Browser, grant: Grant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PER_PAGE", 4)

    first, second = entries(browser), entries(browser, page=2)

    assert len(first) == len(second) == 4
    assert not {e.act.pk for e in first} & {e.act.pk for e in second}


def test_it_takes_few_statements(
    browser: Browser, grant: Grant, django_assert_max_num_queries: Any
) -> None:
    entries(browser)

    with django_assert_max_num_queries(13):
        entries(browser)


def test_every_act_verifies(browser: Browser, grant: Grant) -> None:
    assert set(verdicts(browser).values()) == {("verified", ())}


def test_an_act_that_waits_says_so(browser: Browser, grant: Grant) -> None:
    Asking(grant.user, grant.client).open("phone")

    waiting = [e for e in entries(browser) if e.act.number is None]

    assert [e.chain.verdict.value for e in waiting] == ["waiting"]


@pytest.mark.parametrize(
    ("sql", "flaw"),
    [
        ("UPDATE journal_act SET scope = 'root' WHERE id = %s", "seal"),
        ("UPDATE journal_act SET mac = 'x' WHERE id = %s", "mac"),
        ("UPDATE journal_act SET hash = 'x' WHERE id = %s", "link"),
        ("UPDATE journal_personalpart SET reason = 'x' WHERE act_id = %s", "personal"),
        ("DELETE FROM journal_personalpart WHERE act_id = %s", "personal"),
    ],
)
def test_a_changed_act_is_marked(browser: Browser, grant: Grant, sql: str, flaw: str) -> None:
    act = Act.objects.get(number=4)
    tamper(sql, in_database(act.pk))

    verdict, flaws = verdicts(browser)[act.pk]

    assert verdict == "broken"
    assert flaw in flaws


def test_the_act_after_a_removed_one_is_marked(browser: Browser, grant: Grant) -> None:
    removed, after = Act.objects.get(number=3), Act.objects.get(number=4)
    tamper("DELETE FROM journal_act WHERE id = %s", in_database(removed.pk))

    assert verdicts(browser)[after.pk] == ("broken", ("before",))


def test_erased_is_not_broken(browser: Browser, grant: Grant) -> None:
    erase_history_of(grant.user_id)

    assert {verdict for verdict, _ in verdicts(browser).values()} <= {"verified", "waiting"}
    assert "Ada" not in browser.get(PATH).content.decode()


def test_the_chain_goes_on_from_a_seal(browser: Browser, grant: Grant, tmp_path: Any) -> None:
    cut = Act.objects.get(number=6)
    archive(cut.at, tmp_path / "old")
    response = browser.get(PATH)

    assert [signed for _, signed in response.context["segments"]] == [True]
    assert set(verdicts(browser).values()) == {("verified", ())}
    tamper("UPDATE journal_segment SET last_hash = 'x'")
    assert [signed for _, signed in browser.get(PATH).context["segments"]] == [False]


def test_only_who_may_look_at_acts_reads_it(grant: Grant) -> None:
    stranger = browser_of(staff("consent.view_grant"))

    assert stranger.get(PATH).status_code == 403
    assert stranger.get(reverse("admin:figures")).status_code == 403
    assert PATH not in stranger.get(reverse("admin:index")).content.decode()
    assert browser_of(grant.user).get(PATH).status_code == 302


def test_people_applications_and_grants_lead_to_their_timelines(
    browser: Browser, grant: Grant
) -> None:
    for model, key, query in (
        ("directory_user", grant.user_id, f"person={grant.user_id}"),
        ("consent_grant", grant.pk, f"grant={grant.pk}"),
    ):
        timeline = reverse(f"admin:{model}_history", args=[key])
        page = browser.get(reverse(f"admin:{model}_change", args=[key])).content.decode()
        assert f'href="{timeline}"' in page
        response = browser.get(timeline)
        assert f'href="{PATH}?{query}"' in response.content.decode()
        shown = [entry.act.pk for entry in response.context["act_entries"]]
        assert shown == [entry.act.pk for entry in entries(browser, **dict([query.split("=")]))]
    application = browser.get(reverse("admin:directory_client_change", args=[grant.client_id]))
    assert f'href="{PATH}?client={grant.client_id}"' in application.content.decode()
