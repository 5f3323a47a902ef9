"""A question about a period asks the weeks since then, and no others."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from console.records.export.columns import POLICY_DECISION, rows_of
from policy.decision_log.denials import DENIALS
from policy.decision_log.search import Search, found
from policy.decision_log.triggers import PARTITIONS
from tests.growth.watching import plan_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
PAST = 10
"""Weeks that there is a partition of."""
SINCE = [
    {},
    {"permit": False},
    {"client_id": "desk"},
    {"audience": "https://warehouse.example"},
    {"subjects": ["ada"]},
    {"policy": "hours"},
    {"resource": "hr.employees", "policy": "hours"},
    {"reference": "k7mq2-x9d4r"},
]


@pytest.fixture(autouse=True)
def weeks() -> None:
    for week in range(1, PAST + 1):
        assert PARTITIONS.make_for(connection, timezone.now() - timedelta(weeks=week)) == 1


def tables_of(plan: dict[str, Any]) -> set[str]:
    """Return the tables that a plan reads."""
    own = {plan["Relation Name"]} if "Relation Name" in plan else set()
    return own.union(*(tables_of(below) for below in plan.get("Plans", [])))


def weeks_read(statements: list[tuple[str, Any]]) -> set[str]:
    """Return the weeks whose partitions are read, those to come and the default one aside."""
    read: set[str] = set()
    for sql, params in statements:
        for table in tables_of(plan_of(sql, params)["Plan"]):
            if table.startswith("policy_logged"):
                read.add(table.rpartition("_")[2])
    today = f"{timezone.now():%Y%m%d}"
    return {week for week in read if week.isdigit() and week <= today}


def statements_of(act: Any) -> list[tuple[str, Any]]:
    asked: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, params: Any, *rest: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(listen):
        act()
    return [(sql, params) for sql, params in asked if "policy_logged" in sql]


@pytest.mark.parametrize("search", SINCE, ids=json.dumps)
def test_a_list_and_an_export_from_a_day_on_read_the_weeks_since(search: dict[str, Any]) -> None:
    rows = found(Search(since=timezone.now() - timedelta(days=8), **search))
    listed = statements_of(lambda: list(rows[:51]))
    exported = statements_of(lambda: list(rows_of(rows, POLICY_DECISION)))
    assert listed
    assert exported
    assert 1 <= len(weeks_read(listed + exported)) <= 3
    everything = statements_of(lambda: list(found(Search(**search))[:51]))
    assert len(weeks_read(everything)) == PAST + 1


def test_figures_of_days_read_the_weeks_since() -> None:
    now = timezone.now()
    counted = statements_of(lambda: DENIALS.count(now - timedelta(days=8), now))
    assert len(counted) == 2
    assert 1 <= len(weeks_read(counted)) <= 3
