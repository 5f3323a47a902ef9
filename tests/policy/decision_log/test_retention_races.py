"""Two tasks that clear away, one that writes, and somebody who reads, all at once."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from foundation.base.partitions.reading import partitions_of
from policy.decision_log import retention, services
from policy.decision_log.triggers import PARTITIONS
from policy.models import LoggedDecision, LoggedName
from tests.engine.conftest import at_once
from tests.policy.decision_log.asked import entry_of
from tests.policy.decision_log.test_partitions import LAST_YEAR, arrived

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


@pytest.fixture(autouse=True)
def old_weeks() -> Iterator[list[str]]:
    """Have three partitions of last year, which go afterwards whatever becomes of them."""
    for week in range(3):
        PARTITIONS.make_for(connection, timezone.now() - LAST_YEAR + timedelta(weeks=week))
    yield partitions_of(connection, PARTITIONS.tables)["policy_loggeddecision"][:3]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE policy_loggeddecision, policy_loggedname")
        cursor.execute("RESET session_replication_role")
    while PARTITIONS.drop(connection):
        pass


def test_two_that_clear_away_and_some_that_write_lose_nothing(old_weeks: list[str]) -> None:
    for week in range(2):
        arrived(LAST_YEAR - timedelta(weeks=week))
    kept = arrived(LAST_YEAR - timedelta(weeks=2), kept_for=timedelta(hours=1))
    turn, lock = iter(range(6)), threading.Lock()
    batches = [[entry_of() for _ in range(20)] for _ in range(4)]

    def go() -> int:
        with lock:
            place = next(turn)
        if place >= len(batches):
            return retention.prune()["policy_decision_partitions"]
        return -services.record_batch(batches[place])

    done = at_once(go, times=6)
    done.append(retention.prune()["policy_decision_partitions"])

    assert -sum(count for count in done if count < 0) == 80
    assert sum(count for count in done if count > 0) == 2
    assert LoggedDecision.objects.count() == 81
    assert LoggedDecision.objects.filter(pk=kept.pk).exists()
    assert LoggedName.objects.values("decision").distinct().count() == 81


def test_what_is_being_written_into_an_old_week_keeps_it(old_weeks: list[str]) -> None:
    with transaction.atomic():
        late = arrived(LAST_YEAR, kept_for=timedelta(hours=1))
        assert at_once(partial(PARTITIONS.drop, connection), times=1) == [0]
    dropped = PARTITIONS.drop(connection)
    assert dropped == 2
    assert LoggedDecision.objects.get() == late


def test_what_is_committed_while_it_waits_is_seen(old_weeks: list[str]) -> None:
    clearing = threading.Thread(
        target=partial(at_once, partial(PARTITIONS.drop, connection), times=1)
    )
    with transaction.atomic():
        late = arrived(LAST_YEAR, kept_for=timedelta(hours=1))
        clearing.start()
        until_somebody_waits()
    clearing.join()
    assert LoggedDecision.objects.get() == late
    assert old_weeks[0] in partitions_of(connection, PARTITIONS.tables)["policy_loggeddecision"]


def until_somebody_waits() -> None:
    with connection.cursor() as cursor:
        for _ in range(100_000):
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")


def test_who_reads_for_long_is_not_disturbed_and_the_next_time_it_goes() -> None:
    arrived(LAST_YEAR)
    with transaction.atomic():
        assert LoggedDecision.objects.count() == 1
        assert at_once(partial(PARTITIONS.drop, connection), times=1) == [0]
        assert LoggedDecision.objects.count() == 1
    assert PARTITIONS.drop(connection) == 3


def test_a_snapshot_of_before_does_not_decide_what_goes() -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(DatabaseError, match="READ COMMITTED"), transaction.atomic():
            PARTITIONS.drop(connection)


def test_two_that_make_partitions_make_each_once() -> None:
    coming = timezone.now() + timedelta(weeks=60)
    assert sum(at_once(partial(PARTITIONS.make_for, connection, coming), times=4)) == 1
    with connection.cursor() as cursor:
        for table in PARTITIONS.tables:
            cursor.execute(f"DROP TABLE {partitions_of(connection, [table])[table][-2]}")
