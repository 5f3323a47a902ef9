"""Lists of grants and decisions: what is found, and by which index."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from consent.approvals.models import Approval
from consent.grants import services as grant_services
from consent.models import Grant, ScopeDecision
from console.common import paging
from console.records.finding.acts import ActFilter, acts_found
from console.records.finding.changes import ChangeFilter, changes_found
from console.records.finding.states import (
    DecisionState,
    GrantState,
    decisions_in,
    grants_in,
    with_state,
)
from foundation.directory.models import Client, User
from foundation.journal.acts import acts_about
from tests.consent.asking import Asking
from tests.factories import make_client, make_person

GRANTS = reverse("admin:consent_grant_changelist")
DECISIONS = reverse("admin:consent_scopedecision_changelist")


@pytest.fixture
def grant(person: User, application: Client) -> Grant:
    return Asking(person, application).allow(["email", "phone"], ["email"], lifetime=3600)


@pytest.fixture
def other(application: Client) -> Grant:
    """Grace's, revoked, at another application."""
    client = make_client(client_name="Elsewhere")[0]
    grant = Asking(make_person(username="grace", name="Grace"), client).allow(["roles"], ["roles"])
    grant_services.revoke_grant(grant)
    return grant


def found(browser: Browser, path: str, **query: Any) -> set[Any]:
    response = browser.get(path, query)
    assert response.status_code == 200
    return {row.pk for row in response.context["cl"].result_list}


@pytest.mark.parametrize(
    "query",
    [
        {"q": "ada"},
        {"q": "ADA"},
        {"q": "ada@example"},
        {"q": "Example"},
        {"state": "standing"},
        {"scope": "email"},
        {"state": "standing", "scope": "openid", "q": "ada"},
    ],
)
def test_a_grant_is_found_by(
    browser: Browser, grant: Grant, other: Grant, query: dict[str, str]
) -> None:
    assert found(browser, GRANTS, **query) == {grant.pk}


def test_a_grant_is_found_by_keys(browser: Browser, grant: Grant, other: Grant) -> None:
    for query in (
        {"q": grant.pk},
        {"q": grant.user_id},
        {"q": grant.client.client_id},
        {"client": grant.client_id},
        {"user__id__exact": grant.user_id},
    ):
        assert found(browser, GRANTS, **query) == {grant.pk}, query


@pytest.mark.parametrize(
    "query",
    [
        {"q": "lovelace"},
        {"q": "%"},
        {"q": "a_a"},
        {"state": "gone"},
        {"scope": "phone"},
        {"scope": "never"},
        {"client": "x"},
        {"client": "9" * 30},
        {"state": "revoked", "scope": "email"},
    ],
)
def test_a_grant_is_not_found_by(browser: Browser, grant: Grant, query: dict[str, str]) -> None:
    assert found(browser, GRANTS, **query) == set()


def test_revoked_grants_are_a_state(browser: Browser, grant: Grant, other: Grant) -> None:
    assert found(browser, GRANTS, state="revoked") == {other.pk}


def test_a_decision_has_exactly_one_state(grant: Grant, other: Grant) -> None:
    ScopeDecision.objects.filter(scope="email").update(expires_at=timezone.now())
    Asking(grant.user, grant.client).allow(["roles"], ["roles"])
    orphan = Asking(other.user, grant.client).allow(["roles"], ["roles"])
    orphan.delete()
    now = timezone.now()

    states = {
        (row.user_id, row.scope): row.state for row in with_state(ScopeDecision.objects.all(), now)
    }

    assert set(states.values()) == set(DecisionState)
    for state in DecisionState:
        of_state = ScopeDecision.objects.filter(decisions_in(state, now))
        assert {(row.user_id, row.scope) for row in of_state} == {
            key for key, value in states.items() if value == state
        }


@pytest.mark.parametrize(
    ("query", "scopes"),
    [
        ({"state": "standing"}, {"email"}),
        ({"state": "denied"}, {"phone"}),
        ({"state": "revoked"}, {"roles"}),
        ({"state": "expired"}, set()),
        ({"scope": "roles"}, {"roles"}),
        ({"days": "1"}, {"email", "phone", "roles"}),
        ({"days": "2"}, set()),
        ({"q": "grace"}, {"roles"}),
    ],
)
def test_decisions_are_found_by(
    browser: Browser, grant: Grant, other: Grant, query: dict[str, str], scopes: set[str]
) -> None:
    listed = browser.get(DECISIONS, query).context["cl"].result_list

    assert {row.scope for row in listed} == scopes


def test_an_old_decision_is_not_recent(browser: Browser, grant: Grant) -> None:
    ScopeDecision.objects.filter(scope="phone").update(
        decided_at=timezone.now() - timedelta(days=8)
    )

    listed = browser.get(DECISIONS, {"days": "7"}).context["cl"].result_list

    assert {row.scope for row in listed} == {"email"}


def test_rows_are_counted_no_further_than_they_can_be_paged(
    browser: Browser, grant: Grant, other: Grant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging.BoundedPaginator, "limit", 1)

    response = browser.get(GRANTS)

    assert response.context["cl"].result_count == 1
    assert "There are 1 rows or more" in response.content.decode()


def test_a_list_takes_few_statements_however_many_rows(
    browser: Browser, application: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        Asking(make_person(username=f"p{number}"), application).allow(["roles"], ["roles"])
    browser.get(GRANTS)

    with django_assert_max_num_queries(14):
        browser.get(GRANTS, {"state": "standing", "scope": "roles"})


def acts_by(**given: Any) -> Any:
    return acts_found(ActFilter(given))[:50]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the plan of SQLite")
def test_every_filter_walks_an_index(grant: Grant) -> None:
    now = timezone.now()
    decisions = ScopeDecision.objects.order_by("-decided_at")
    grants = Grant.objects.order_by("-updated_at")
    approvals = Approval.objects.order_by("-created_at")
    for rows in (
        grants[:50],
        grants.filter(client_id=1)[:50],
        grants.filter(grants_in(GrantState.STANDING))[:50],
        grants.filter(grants_in(GrantState.REVOKED))[:50],
        grants.filter(user_id=grant.user_id)[:50],
        decisions[:50],
        decisions.filter(scope="email")[:50],
        decisions.filter(client_id=1)[:50],
        decisions.filter(decisions_in(DecisionState.DENIED, now))[:50],
        decisions.filter(decisions_in(DecisionState.STANDING, now))[:50],
        acts_by(),
        acts_by(client=grant.client_id),
        acts_by(grant=grant.pk),
        acts_by(kind="denied"),
        acts_by(person=str(grant.user_id)),
        acts_by(object="directory.client", key=str(grant.client_id)),
        acts_by(number=1),
        changes_found(ChangeFilter({}))[:50],
        changes_found(ChangeFilter({"by": "root", "object": "catalogue.scope"}))[:50],
        acts_about(grant.client)[:50],
        acts_about(grant.user)[:50],
        approvals[:50],
        approvals.filter(state="pending")[:50],
        approvals.filter(client_id=1)[:50],
        approvals.filter(requester_id=grant.user_id)[:50],
        approvals.filter(is_break_glass=True)[:50],
        approvals.filter(binding_code="ABC-DEF")[:50],
        acts_by(since="2026-01-01", until="2026-02-01"),
    ):
        plan = rows.explain().splitlines()
        assert [line for line in plan if "SCAN" in line and "INDEX" not in line] == [], plan
