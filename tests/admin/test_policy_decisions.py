"""The decision log as administrators see it: found, in full, in figures, exported."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from console.common import paging
from foundation.directory.models import Client, User
from foundation.journal.acts import Kind
from foundation.journal.models import Act
from policy.decision_log.denials import denials
from policy.decision_log.search import Search, found
from policy.models import LoggedDecision, PolicySet
from scopeward_guard._authzen import Decision
from tests.admin.conftest import browser_of, staff
from tests.policy.decision_log.asked import DENIED, PERMITTED, SALARY, WAREHOUSE, logged

LIST = reverse("admin:policy_decisions")
EXPORT = reverse("admin:policy_decisions_export")
FIGURES = reverse("admin:policy_denials")
OTHER = "https://other.example"


@pytest.fixture
def rows(person: User, application: Client) -> dict[str, LoggedDecision]:
    """Decisions that differ in everything that can be searched for."""
    of_ada = {"subject": person.pk, "client_id": application.client_id}
    return {
        "denied": logged(**of_ada),
        "permitted": logged(PERMITTED, **of_ada),
        "elsewhere": logged(audience=OTHER, subject="eve", client_id="gone", resource="files"),
        "unpermitted": logged(Decision(permit=False), **of_ada),
        "old": logged(decided_at=timezone.now() - timedelta(days=40), **of_ada),
    }


def shown(browser: Browser, **query: Any) -> list[str]:
    response = browser.get(LIST, query)
    assert response.status_code == 200
    return [decision.row.reference for decision in response.context["decisions"]]


def named(rows: dict[str, LoggedDecision], *names: str) -> set[str]:
    return {rows[name].reference for name in names}


def test_decisions_come_newest_first(browser: Browser, rows: dict[str, LoggedDecision]) -> None:
    listed = shown(browser)
    assert len(listed) == 5
    assert listed[-1] == rows["old"].reference


def test_each_field_narrows_the_list(
    browser: Browser, rows: dict[str, LoggedDecision], person: User, application: Client
) -> None:
    ours = ("denied", "permitted", "unpermitted", "old")
    week = (timezone.localdate() - timedelta(days=7)).isoformat()
    for query, expected in (
        ({"person": "ada"}, ours),
        ({"person": str(person.pk)}, ours),
        ({"person": "eve"}, ("elsewhere",)),
        ({"client": application.client_id}, ours),
        ({"audience": OTHER}, ("elsewhere",)),
        ({"policy": "personnel-only"}, ("denied", "elsewhere")),
        ({"policy": "personnel-only", "since": "2020-01-01"}, ("denied", "elsewhere", "old")),
        ({"policy": "-"}, ("unpermitted",)),
        ({"resource": SALARY, "outcome": "permitted"}, ("permitted",)),
        ({"resource": "files"}, ("elsewhere",)),
        ({"outcome": "denied"}, ("denied", "elsewhere", "unpermitted", "old")),
        ({"since": week}, ("denied", "permitted", "elsewhere", "unpermitted")),
        ({"until": week}, ("old",)),
        ({"reference": rows["denied"].reference.upper()}, ("denied",)),
    ):
        assert set(shown(browser, **query)) == named(rows, *expected), query


@pytest.mark.parametrize(
    "query",
    [
        {"reference": "nonsense"},
        {"client": "nobody"},
        {"outcome": "x"},
        {"since": "yesterday"},
        {"person": "nobody"},
        {"policy": "x" * 300},
    ],
)
def test_what_cannot_be_understood_finds_nothing(
    browser: Browser, rows: dict[str, LoggedDecision], query: dict[str, str]
) -> None:
    assert shown(browser, **query) == []


def test_it_comes_in_pages(
    browser: Browser, rows: dict[str, LoggedDecision], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PER_PAGE", 2)
    pages = [shown(browser, page=number) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({reference for page in pages for reference in page}) == 5


def test_pages_take_few_statements_however_many_decisions(
    browser: Browser, rows: dict[str, LoggedDecision], django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        logged(subject=f"s{number}", client_id=f"c{number}")
    addresses = (LIST, f"{LIST}?person=ada&policy=personnel-only&resource={SALARY}", FIGURES,
                 reverse("admin:policy_decision", args=[rows["denied"].reference]))  # fmt: skip
    for address in addresses:
        browser.get(address)
        with django_assert_max_num_queries(13):
            assert browser.get(address).status_code == 200


@pytest.mark.parametrize(
    "search",
    [
        Search(reference="k7mq2-x9d4r"),
        Search(subjects=["ada"]),
        Search(client_id="desk"),
        Search(audience=WAREHOUSE),
        Search(policy="never"),
        Search(resource=SALARY),
        Search(permit=False),
        Search(since=timezone.now(), until=timezone.now()),
    ],
)
@pytest.mark.django_db
def test_every_search_is_answered_by_an_index(search: Search) -> None:
    if connection.vendor != "sqlite":
        return
    plan = found(search)[:50].explain()
    assert "USING INDEX" in plan or "USING COVERING INDEX" in plan, plan
    assert "SCAN policy_logged" not in plan.replace("SCAN policy_loggeddecision USING INDEX", "")


def test_a_decision_is_shown_with_everything(
    browser: Browser, rows: dict[str, LoggedDecision]
) -> None:
    reference = rows["denied"].reference
    html = browser.get(reverse("admin:policy_decision", args=[reference])).content.decode()
    for text in (reference, WAREHOUSE, SALARY, "personnel-only", "r1", *DENIED.reasons):
        assert text in html


def test_the_same_can_be_asked_again_where_there_is_a_policy(
    browser: Browser, rows: dict[str, LoggedDecision]
) -> None:
    address = reverse("admin:policy_decision", args=[rows["denied"].reference])
    assert "simulate" not in browser.get(address).content.decode()
    policy_set = PolicySet.objects.create(title="Warehouse", audience=WAREHOUSE)
    simulation = reverse("admin:policy_policyset_simulate", args=[policy_set.pk])
    link = f"{simulation}?reference={rows['denied'].reference}"
    assert link in browser.get(address).content.decode()
    assert SALARY in browser.get(link).content.decode()


@pytest.mark.parametrize("reference", ["k7mq2-x9d4r", "nonsense", "x" * 500])
def test_a_decision_that_is_not_there_is_not_found(browser: Browser, reference: str) -> None:
    response = browser.get(reverse("admin:policy_decision", args=[reference]))
    assert response.status_code == 404


def test_the_menu_marks_one_page(browser: Browser) -> None:
    menu = browser.get(FIGURES).context["sidebar_navigation"]

    marked = [str(item["title"]) for section in menu for item in section["items"] if item["active"]]
    assert marked == ["Denials by policy"]


def test_denials_are_counted_by_day_and_by_policy(rows: dict[str, LoggedDecision]) -> None:
    counted = denials(30)
    assert len(counted.days) == 30
    assert (counted.days[-1][1], counted.total) == (3, 3)
    assert counted.policies == [("personnel-only", 2), ("", 1)]
    assert denials(90).total == 4


def test_the_figures_lead_to_the_decisions(
    browser: Browser, rows: dict[str, LoggedDecision]
) -> None:
    html = browser.get(FIGURES).content.decode()
    since = timezone.localdate() - timedelta(days=30)
    assert f"{LIST}?outcome=denied&amp;since={since}&amp;policy=personnel-only" in html
    assert f"{LIST}?outcome=denied&amp;since={since}&amp;policy=-" in html
    assert browser.get(FIGURES, {"days": "x"}).status_code == 200


def exported(browser: Browser, query: str = "") -> list[dict[str, Any]]:
    response = browser.post(f"{EXPORT}?{query}", {"format": "jsonl"})
    assert response.status_code == 200, response.content
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    return [json.loads(line) for line in text.splitlines()]


def test_what_is_filtered_is_exported_and_that_is_an_act(
    browser: Browser, rows: dict[str, LoggedDecision]
) -> None:
    (row,) = exported(browser, "policy=-")
    assert row["reference"] == rows["unpermitted"].reference
    assert row["question"]["action"] == {"name": "select"}
    act = Act.objects.select_related("personal").get(kind=Kind.EXPORTED)
    assert act.detail == {"what": "policy-decisions", "format": "jsonl", "rows": 1}


def test_a_filter_that_cannot_be_exports_nothing(browser: Browser) -> None:
    assert browser.post(f"{EXPORT}?since=x", {"format": "csv"}).status_code == 400
    assert not Act.objects.filter(kind=Kind.EXPORTED).exists()


def test_who_may_not_look_sees_nothing(rows: dict[str, LoggedDecision]) -> None:
    stranger = browser_of(staff("journal.view_act"))
    reference = rows["denied"].reference
    single = reverse("admin:policy_decision", args=[reference])
    for address in (LIST, FIGURES, single):
        assert stranger.get(address).status_code == 403
    assert stranger.post(EXPORT, {"format": "csv"}).status_code == 403


def test_text_from_elsewhere_is_only_text(browser: Browser, person: User) -> None:
    evil = '"><script>alert(1)</script>'
    denial = Decision(permit=False, reasons=(evil,), policies=(evil,), policy_rev="<script>")
    row = logged(denial, subject=evil, resource=evil, action=evil, audience=evil, client_id=evil)
    for address in (LIST, FIGURES, reverse("admin:policy_decision", args=[row.reference])):
        assert "<script>alert" not in browser.get(address).content.decode()


def test_nothing_on_these_pages_writes(browser: Browser, rows: dict[str, LoggedDecision]) -> None:
    single = reverse("admin:policy_decision", args=[rows["denied"].reference])
    for address in (LIST, FIGURES, single):
        with CaptureQueriesContext(connection) as statements:
            assert browser.post(address).status_code == 405
        assert not [s for s in statements if "policy_logged" in s["sql"]]


@pytest.mark.parametrize("name", ["policy=personnel-only", f"resource={SALARY}"])
def test_search_by_a_name_says_from_which_day_on(browser: Browser, name: str) -> None:
    week = (timezone.localdate() - timedelta(days=7)).isoformat()

    assert f'value="{week}"' in browser.get(f"{LIST}?{name}").content.decode()
    for other in (f"{name}&since=2026-01-01", f"{name}&until=2026-01-01", "outcome=denied"):
        assert f'value="{week}"' not in browser.get(f"{LIST}?{other}").content.decode()
