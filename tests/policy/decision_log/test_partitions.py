"""On PostgreSQL the log is kept by the week, and what was kept long enough goes with its week."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from foundation.base.partitions.reading import partitions_of
from foundation.journal.triggers import declared
from policy.decision_log import retention
from policy.decision_log.triggers import PARTITIONS
from policy.models import LoggedDecision, LoggedName
from tests.policy.decision_log.asked import logged

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
ROLE = "only_the_provider"
LAST_YEAR = timedelta(days=400)


def weeks(table: str = "policy_loggeddecision") -> set[str]:
    """Return the partitions of the log, by their beginning."""
    return {name.rpartition("_")[2] for name in partitions_of(connection, [table])[table]}


def week_of(moment: datetime) -> str:
    """Return what the partition of a moment is called."""
    return f"{moment - timedelta(days=moment.weekday()):%Y%m%d}"


def arrived(ago: timedelta, *, kept_for: timedelta = timedelta(0)) -> LoggedDecision:
    """Return a decision that was logged so long ago, and has its name beside it."""
    at, now = timezone.now() - ago, timezone.now()
    row = LoggedDecision.objects.create(
        id=uuid4(),
        reference="x",
        decided_at=at,
        logged_at=at,
        kept_until=now + kept_for,
        permit=False,
        evaluation={},
    )
    named = {"kind": "policy", "name": "hours", "permit": False}
    LoggedName.objects.create(decision=row, decided_at=at, logged_at=at, **named)
    return row


@pytest.fixture
def old_week() -> str:
    """Have a partition of last year, as there was one then."""
    then = timezone.now() - LAST_YEAR
    assert PARTITIONS.make_for(connection, then) == 1
    return week_of(then)


@pytest.fixture
def as_the_provider() -> Iterator[None]:
    """Go on as the role that owns nothing."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE}")
        call_command("grant_application", ROLE)
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield
        cursor.execute("RESET ROLE")


def test_there_are_partitions_for_now_and_the_weeks_to_come() -> None:
    now = timezone.now()
    coming = {week_of(now + timedelta(weeks=week)) for week in range(PARTITIONS.ahead + 1)}
    assert weeks() == weeks("policy_loggedname") == {*coming, "default"}
    assert PARTITIONS.make(connection) == 0


def test_what_is_over_goes_with_its_partition_and_no_row_is_deleted(
    old_week: str, as_the_provider: None
) -> None:
    kept = logged()
    for _ in range(3):
        arrived(LAST_YEAR)

    statements: list[str] = []

    def listen(execute: Any, sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(listen):
        assert retention.prune() == {"policy_decision_partitions": 1, "policy_decisions": 0}
    assert not any(statement.startswith("DELETE") for statement in statements)
    assert old_week not in weeks() | weeks("policy_loggedname")
    assert list(LoggedDecision.objects.all()) == [kept]
    assert set(LoggedName.objects.values_list("decision", flat=True)) == {kept.pk}


def test_one_row_that_is_still_kept_keeps_its_partition(
    old_week: str, as_the_provider: None
) -> None:
    over, kept = arrived(LAST_YEAR), arrived(LAST_YEAR, kept_for=timedelta(minutes=1))
    assert retention.prune()["policy_decision_partitions"] == 0
    assert old_week in weeks()
    assert set(LoggedDecision.objects.all()) == {over, kept}


def test_a_week_that_is_not_over_is_not_dropped_though_nothing_in_it_is_kept() -> None:
    arrived(timedelta(0), kept_for=timedelta(days=-1))
    before = weeks()
    assert retention.prune()["policy_decision_partitions"] == 0
    assert weeks() == before


def test_a_row_without_a_partition_is_kept_and_goes_by_itself(as_the_provider: None) -> None:
    over = arrived(LAST_YEAR, kept_for=timedelta(days=-9))
    kept = arrived(LAST_YEAR, kept_for=timedelta(days=1))
    assert retention.prune() == {"policy_decision_partitions": 0, "policy_decisions": 1}
    assert list(LoggedDecision.objects.all()) == [kept] != [over]
    assert "default" in weeks()


def test_no_partition_is_made_of_a_time_that_has_rows_without_one() -> None:
    row = arrived(LAST_YEAR)
    assert PARTITIONS.make_for(connection, row.logged_at) == 0
    assert week_of(row.logged_at) not in weeks() | weeks("policy_loggedname")
    assert LoggedDecision.objects.filter(pk=row.pk).exists()


def refused(sql: str, match: str) -> None:
    refusal = pytest.raises(DatabaseError, match=match)
    with connection.cursor() as cursor, refusal, transaction.atomic():
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE {part}",
        "ALTER TABLE policy_loggeddecision DETACH PARTITION {part}",
        "TRUNCATE {part}",
        "DELETE FROM {part}",
        "INSERT INTO {part} SELECT * FROM policy_loggeddecision",
        "SELECT * FROM {part}",
        "CREATE TABLE mine PARTITION OF policy_loggeddecision DEFAULT",
        "ALTER FUNCTION partitions_drop_policy_loggeddecision() RESET search_path",
        "SELECT partition_add(ARRAY['policy_loggeddecision'], '_x', '2020-01-01', '2020-01-02')",
    ],
)
def test_the_provider_reaches_partitions_through_two_functions_only(
    as_the_provider: None, sql: str
) -> None:
    for week in weeks():
        statement = sql.format(part=f"policy_loggeddecision_{week}")
        refused(statement, "must be owner|permission denied|not the owner")


@pytest.mark.parametrize(
    "setting",
    [
        "TimeZone = 'Pacific/Kiritimati'",
        "DateStyle = 'SQL, DMY'",
        "search_path = pg_temp, public",
        "lock_timeout = 0",
    ],
)
def test_no_setting_of_the_caller_drops_early(
    old_week: str, as_the_provider: None, setting: str
) -> None:
    kept = arrived(LAST_YEAR, kept_for=timedelta(minutes=1))
    before = weeks()
    name, _, value = setting.partition(" = ")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {name} = {value}")
        assert PARTITIONS.drop(connection) == 0
        assert PARTITIONS.make(connection) == 0
        cursor.execute(f"RESET {name}")
    assert weeks() == before
    assert LoggedDecision.objects.get() == kept


def test_a_table_of_the_callers_own_does_not_stand_in_for_the_log(
    old_week: str, as_the_provider: None
) -> None:
    kept = arrived(LAST_YEAR, kept_for=timedelta(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = pg_temp, public")
        cursor.execute("SELECT has_database_privilege(current_database(), 'TEMPORARY')")
        if cursor.fetchone()[0]:
            for table in ("policy_loggeddecision", f"policy_loggeddecision_{old_week}"):
                cursor.execute(f"CREATE TEMPORARY TABLE {table} (kept_until timestamptz)")
        cursor.execute(f"SELECT {PARTITIONS.dropping.name}()")
        assert cursor.fetchone() == (0,)
        cursor.execute("SET LOCAL search_path = public, pg_temp")
    assert LoggedDecision.objects.get() == kept


def test_nobody_else_may_call_the_functions(as_the_provider: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("CREATE ROLE somebody")
        cursor.execute("GRANT USAGE ON SCHEMA public TO somebody")
        cursor.execute("SET LOCAL ROLE somebody")
    for function in PARTITIONS.granted:
        refused(f"SELECT {function.name}()", "permission denied for function")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("ALTER TABLE {part} DISABLE TRIGGER history_policy_loggeddecision__delete",
         "The trigger history_policy_loggeddecision__delete on {part} is missing"),
        ("DROP TRIGGER history_policy_loggeddecision__truncate ON {part}",
         "The trigger history_policy_loggeddecision__truncate on {part} is missing"),
        ("CREATE TRIGGER mine BEFORE INSERT ON {part} EXECUTE FUNCTION history_refuse()",
         "The trigger mine on {part} is not one of ours"),
        ("CREATE RULE mine AS ON INSERT TO {part} DO INSTEAD NOTHING", "The rule mine on {part}"),
        ("ALTER TABLE {part} ENABLE ROW LEVEL SECURITY", "{part} is no plain table any more"),
        ("ALTER TABLE policy_loggeddecision DETACH PARTITION {part}",
         "{part} is no partition of policy_loggeddecision any more"),
        ("DROP TABLE policy_loggeddecision_default", "policy_loggeddecision has no partition for"),
        ("CREATE TABLE other PARTITION OF policy_loggeddecision"  # noqa: ISC004
         " FOR VALUES FROM ('2001-01-01') TO ('2001-01-02')", "other is a partition of"),
        ("GRANT EXECUTE ON FUNCTION partition_add TO PUBLIC", "The function partition_add is not"),
        ("ALTER FUNCTION partitions_drop_policy_loggeddecision() RESET lock_timeout",
         "The function partitions_drop_policy_loggeddecision is not"),
    ],
)  # fmt: skip
def test_what_was_done_to_a_partition_is_named(sql: str, said: str) -> None:
    part = f"policy_loggeddecision_{week_of(timezone.now())}"
    assert declared.flaws(connection) == []
    with connection.cursor() as cursor:
        cursor.execute(sql.format(part=part))
    flaws = declared.flaws(connection)
    assert any(flaw.startswith(said.format(part=part)) for flaw in flaws), flaws


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE {part} DISABLE TRIGGER ALL",
        "DROP TRIGGER history_policy_loggeddecision__truncate ON {part}",
        "GRANT EXECUTE ON FUNCTION partition_add TO PUBLIC",
    ],
)
def test_the_next_migration_mends_a_partition(sql: str) -> None:
    part = f"policy_loggeddecision_{week_of(timezone.now())}"
    with connection.cursor() as cursor:
        cursor.execute(sql.format(part=part))
    assert declared.flaws(connection)
    declared.install(connection)
    assert declared.flaws(connection) == []


def test_a_partition_refuses_to_be_emptied_or_changed(old_week: str) -> None:
    arrived(LAST_YEAR, kept_for=timedelta(minutes=1))
    part = f"policy_loggeddecision_{old_week}"
    for sql in ("TRUNCATE {}", "DELETE FROM {}", "UPDATE {} SET permit = NOT permit"):
        refused(sql.format(part), "never changed")
