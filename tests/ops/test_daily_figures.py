"""Figures by day: a day that is over is counted once, and a page counts what came after."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from consent.grants import figures
from consent.models import Grant
from foundation.base.daily import MOST_DAYS, DailyCount
from foundation.journal.acts import Actor, Entry, Kind, record
from idp import tasks
from policy.decision_log.denials import denials
from policy.models import LoggedDecision, LoggedName
from tests.factories import make_client, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def allowed(scope: str, days_ago: int) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    record([Entry(kind=Kind.GRANTED, actor=Actor.PERSON, scope=scope, at=at)])


def denied(policy: str, days_ago: int) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    row = LoggedDecision.objects.create(
        id=uuid4(), decided_at=at, kept_until=at, permit=False, evaluation={}, reference="x"
    )
    named = {"kind": "policy", "name": policy, "permit": False, "decided_at": at}
    LoggedName.objects.create(decision=row, logged_at=row.logged_at, **named)


def told(days: int = 30) -> list[tuple[Any, ...]]:
    found = figures.ANSWERS.of_last(days, timezone.now())
    return [tuple(count) for counts in found.values() for count in counts]


def test_figures_are_the_same_before_and_after_the_days_were_counted() -> None:
    for days_ago in (0, 0, 3, 29):
        allowed("email", days_ago)
        denied("hours", days_ago)
    answers, refusals = told(), denials(30)

    tasks.keep_figures()

    assert sorted(told()) == sorted(answers)
    assert denials(30) == refusals
    assert (len(answers), refusals.total, refusals.policies) == (3, 4, [("hours", 4)])


def test_a_day_is_counted_once_and_today_every_time() -> None:
    allowed("email", 3)
    tasks.keep_figures()
    kept = DailyCount.objects.count()
    allowed("late", 3)
    allowed("new", 0)

    tasks.keep_figures()

    assert DailyCount.objects.count() == kept == 2 * MOST_DAYS + 1
    assert {scope for scope, _, _ in told()} == {"email", "new"}


def test_a_day_that_nobody_counted_is_counted_by_the_page() -> None:
    allowed("email", 3)
    tasks.keep_figures()
    day = timezone.localdate() - timedelta(days=3)
    DailyCount.objects.filter(day=day).delete()

    assert {scope for scope, _, _ in told()} == {"email"}


def test_a_day_is_not_over_before_all_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    midnight = timezone.now().replace(hour=0, minute=30)

    figures.ANSWERS.keep(midnight)
    early = DailyCount.objects.latest("day").day
    figures.ANSWERS.keep(midnight + timedelta(hours=1))

    assert DailyCount.objects.latest("day").day - early == timedelta(days=1)


def test_a_page_of_figures_reads_the_log_of_one_day(django_assert_num_queries: Any) -> None:
    tasks.keep_figures()

    with django_assert_num_queries(2):
        told(90)
    with django_assert_num_queries(3):
        denials(90)


def test_very_many_standing_grants_are_counted_in_parts_once_a_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = (make_client(client_name=name)[0] for name in ("One", "Other"))
    for number in range(5):
        person = make_person(username=f"p{number}")
        Grant.objects.create(user=person, client=one)
        if number < 2:
            Grant.objects.create(user=person, client=other)
    monkeypatch.setattr(figures, "AT_ONCE", 3)
    exact = figures.standing_by_client()
    monkeypatch.setattr(figures, "MOST_COUNTED", 3)
    none_yet = figures.standing_by_client()

    figures.keep_standing()
    kept = figures.standing_by_client()
    Grant.objects.filter(client=other).delete()
    figures.keep_standing()

    assert exact == figures.Standing([(one.pk, 5), (other.pk, 2)])
    assert not none_yet.is_counted
    assert kept == figures.Standing(exact.clients, timezone.localdate())
    assert figures.standing_by_client() == kept
