"""The log is appended to, never changed, and goes when its time is up."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from policy.decision_log import retention
from policy.models import LoggedDecision, LoggedName
from tests.policy.decision_log.asked import WAREHOUSE, logged

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

SQLITE = connection.vendor == "sqlite"


def refused(statement: str, *parameters: Any) -> None:
    before = list(LoggedDecision.objects.values()), list(LoggedName.objects.values())
    refusal = pytest.raises(DatabaseError, match="never changed")
    with connection.cursor() as cursor, refusal, transaction.atomic():
        cursor.execute(statement, parameters)
    assert (list(LoggedDecision.objects.values()), list(LoggedName.objects.values())) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE policy_loggeddecision SET permit = NOT permit",
        "UPDATE policy_loggeddecision SET kept_until = '2020-01-01 00:00:00'",
        "UPDATE policy_loggedname SET name = 'other'",
        "DELETE FROM policy_loggedname",
        "DELETE FROM policy_loggeddecision",
    ],
)
def test_what_is_logged_cannot_be_changed_or_removed(statement: str) -> None:
    logged()
    refused(statement)


@pytest.mark.postgresql
@pytest.mark.parametrize("table", ["policy_loggeddecision", "policy_loggedname"])
def test_the_log_cannot_be_emptied(table: str) -> None:
    logged()
    refused(f"TRUNCATE {table} CASCADE")


def test_a_row_cannot_be_replaced() -> None:
    if not SQLITE:
        return
    row = logged()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT OR REPLACE INTO policy_loggeddecision SELECT id, reference, decided_at, "
            "logged_at, kept_until, source, audience, client_id, application, subject_type, 'eve', "
            "action, resource_type, resource, permit, reasons, policies, obligations, remedy, "
            "revision, evaluation, is_complete FROM policy_loggeddecision"
        )
    row.refresh_from_db()
    assert row.subject == "ada"


def test_how_long_a_decision_is_kept_counts_from_its_arrival(settings: Any) -> None:
    row = logged(decided_at=timezone.now() - timedelta(days=80))
    left = row.kept_until - timezone.now()
    assert timedelta(days=89) < left <= timedelta(days=90)


def test_what_was_kept_long_enough_is_removed_and_nothing_else(
    settings: Any, django_assert_max_num_queries: Any
) -> None:
    kept = logged()
    expire(settings)
    gone = [logged(audience=WAREHOUSE) for _ in range(3)]
    with django_assert_max_num_queries(12):
        assert retention.prune()["policy_decisions"] == 3
    assert list(LoggedDecision.objects.all()) == [kept]
    assert not LoggedName.objects.filter(decision__in=gone).exists()
    assert LoggedName.objects.filter(decision=kept).exists()


def test_pruning_twice_removes_nothing_more(settings: Any) -> None:
    expire(settings)
    logged()
    assert [retention.prune()["policy_decisions"] for _ in range(2)] == [1, 0]


def expire(settings: Any) -> None:
    """Have what is logged from now on be over already, and for longer than a partition lasts."""
    weeks = timedelta(days=15).total_seconds()
    settings.SCOPEWARD = replace(settings.SCOPEWARD, decision_log_retention=-int(weeks))
