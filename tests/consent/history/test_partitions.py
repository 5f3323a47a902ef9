"""On PostgreSQL the acts are in partitions by month: retention drops them, and nobody else does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from foundation.base.partitions.reading import partitions_of
from foundation.journal.acts import Actor, Entry, Kind, changes_since, link, record
from foundation.journal.archive import archive
from foundation.journal.models import Act, PersonalPart
from foundation.journal.triggers.history import PARTITIONS
from tests.consent.history.reading import findings

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
JANUARY, FEBRUARY, MARCH = (datetime(2025, month, 1, tzinfo=UTC) for month in (1, 2, 3))
MONTHS = (JANUARY, FEBRUARY, MARCH)
SECOND = timedelta(seconds=1)
ADA = UUID(int=7)
TABLES = "|".join(PARTITIONS.tables)


def of(month: datetime) -> tuple[str, ...]:
    return tuple(f"{table}_{month:%Y%m%d}" for table in PARTITIONS.tables)


def there() -> set[str]:
    found = partitions_of(connection, PARTITIONS.tables)
    return {name for names in found.values() for name in names}


def do(*statements: str) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)


def act(at: datetime, **said: Any) -> Entry:
    return Entry(Kind.GRANTED, Actor.PERSON, at=at, person=ADA, address="192.0.2.7", **said)


def numbers() -> list[int | None]:
    return list(Act.objects.order_by("number").values_list("number", flat=True))


@pytest.fixture(autouse=True)
def months(provider: None) -> None:
    """Partitions of three months that are over, in each of them two acts, and one of now."""
    for first in MONTHS:
        assert PARTITIONS.make_for(connection, first) == 1
        record([act(first), act(first + timedelta(days=20))])
    record([act(timezone.now())])
    link()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "old.jsonl"


def rows_in(model: Any) -> dict[str, int]:
    with connection.cursor() as cursor:
        table = model._meta.db_table
        cursor.execute(f"SELECT tableoid::regclass::text, count(*) FROM {table} GROUP BY 1")
        return dict(cursor.fetchall())


@pytest.mark.parametrize("model", [Act, PersonalPart])
def test_an_act_and_what_it_says_of_people_are_in_the_month_of_the_act(model: Any) -> None:
    table = model._meta.db_table
    assert rows_in(model) == {
        **{f"{table}_{month:%Y%m%d}": 2 for month in MONTHS},
        f"{table}_{timezone.now():%Y%m}01": 1,
    }
    assert findings() == []


def test_retention_drops_months(file: Path) -> None:
    archive(MARCH, file)

    assert not there() & {*of(JANUARY), *of(FEBRUARY)}
    assert there() >= {*of(MARCH)}
    assert numbers() == [5, 6, 7]
    assert PersonalPart.objects.count() == 3
    assert findings() == findings([file]) == []
    record([act(timezone.now())])
    link()
    assert findings() == findings([file]) == []


def test_no_row_is_deleted_from_a_month_that_goes_as_a_whole(file: Path) -> None:
    do("CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS"
       " $$BEGIN RAISE EXCEPTION 'deleted'; END$$")  # fmt: skip
    for table in of(JANUARY) + of(FEBRUARY):
        do(f"CREATE TRIGGER told BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION told()")

    archive(MARCH, file)

    assert numbers() == [5, 6, 7]


def test_a_part_of_a_month_goes_row_by_row(file: Path) -> None:
    archive(FEBRUARY + timedelta(days=2), file)

    assert not there() & {*of(JANUARY)}
    assert there() >= {*of(FEBRUARY)}
    assert numbers() == [4, 5, 6, 7]
    assert findings() == findings([file]) == []


def test_what_was_linked_among_the_last_of_a_month_goes_along(file: Path) -> None:
    """Acts of a second before midnight are linked behind some of a second after."""
    april = datetime(2025, 4, 1, tzinfo=UTC)
    record([act(april + SECOND)])
    link()
    record([act(april - SECOND)])
    link()
    record([act(april + 2 * SECOND)])
    link()
    # The one of now is between: those of spring came late.
    archive(timezone.now() + timedelta(days=1), file)

    assert numbers() == []
    assert not there() & {name for month in MONTHS for name in of(month)}
    assert findings() == findings([file]) == []


def test_a_month_with_an_act_that_came_late_stays_until_that_is_sealed(file: Path) -> None:
    record([act(JANUARY + SECOND)])
    link()

    archive(FEBRUARY, file)

    assert there() >= {*of(JANUARY)}
    assert numbers() == [3, 4, 5, 6, 7, 8]
    assert findings() == []
    archive(timezone.now() + timedelta(days=1), file.with_name("newer.jsonl"))
    assert not there() & {*of(JANUARY)}
    assert findings() == []


def test_a_month_with_an_act_that_waits_stays(file: Path) -> None:
    record([act(JANUARY + SECOND, scope="waits")])
    Act.objects.filter(scope="waits", number=None).get()

    archive(FEBRUARY, file)

    assert there() >= {*of(JANUARY)}
    assert Act.objects.filter(scope="waits", number=None).exists()


def test_an_act_of_a_month_that_is_gone_is_recorded_all_the_same(file: Path) -> None:
    archive(FEBRUARY, file)

    record([act(JANUARY, occasion="late")])
    record([act(JANUARY, occasion="late")])
    link()

    assert rows_in(Act)["journal_act_default"] == 1
    assert findings() == findings([file]) == []


@pytest.mark.parametrize("month", MONTHS)
def test_a_month_that_somebody_dropped_is_named(month: datetime) -> None:
    do(*(f"DROP TABLE {table}" for table in of(month)))

    first = 1 + 2 * MONTHS.index(month)
    assert f"Rows {first} to {first + 1} are missing." in findings()


def test_a_month_that_somebody_detached_is_named() -> None:
    acts, parts = of(FEBRUARY)
    do(f"ALTER TABLE journal_act DETACH PARTITION {acts}")

    found = findings()
    assert f"{acts} is no partition of journal_act any more: its rows are missing." in found
    assert "Rows 3 to 4 are missing." in found
    do(f"ALTER TABLE journal_personalpart DETACH PARTITION {parts}")
    assert any(sentence.startswith(f"{parts} is no partition") for sentence in findings())


def test_personal_parts_that_somebody_dropped_are_named() -> None:
    do(f"DROP TABLE {of(FEBRUARY)[1]}")

    assert findings()[-2:] == [f"Row {number}: its personal part is gone." for number in (3, 4)]


def test_dropping_takes_nothing_that_no_seal_stands_for() -> None:
    assert PARTITIONS.drop(connection) == 0
    assert there() >= {name for month in MONTHS for name in of(month)}


def test_the_provider_drops_nothing() -> None:
    do("CREATE ROLE the_provider")
    call_command("grant_application", "the_provider")
    do("SET LOCAL ROLE the_provider")

    for sql in (
        f"SELECT {PARTITIONS.dropping.name}()",
        f"DROP TABLE {of(JANUARY)[0]}",
        f"ALTER TABLE journal_act DETACH PARTITION {of(JANUARY)[0]}",
        f"DELETE FROM {of(JANUARY)[1]}",
        f"SELECT * FROM {of(JANUARY)[1]}",
        f"TRUNCATE {of(JANUARY)[0]}",
    ):
        with pytest.raises(DatabaseError, match=r"must be owner|permission denied"):
            _tried(sql)
    record([act(timezone.now())])
    link()
    assert PARTITIONS.make(connection) == 0
    assert findings() == []


def _tried(sql: str) -> None:
    with transaction.atomic():
        do(sql)


def test_a_number_is_not_given_twice() -> None:
    record([act(timezone.now())])

    for number in (1, 7):
        with pytest.raises(DatabaseError, match="never changed"):
            _tried(f"UPDATE journal_act SET number = {number} WHERE number IS NULL")


def relations(node: dict[str, Any]) -> Iterator[str]:
    """Yield the tables that a statement looked at when it was carried out."""
    if "Relation Name" in node and node.get("Actual Loops", 1):
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from relations(below)


def looked_at(rows: Any) -> set[str]:
    with connection.cursor() as cursor:
        sql, params = rows.query.sql_with_params()
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        (found,) = cursor.fetchone()
    return set(relations(found[0]["Plan"]))


def test_only_the_months_that_are_asked_for_are_looked_at() -> None:
    old = {name for month in MONTHS for name in of(month)}
    since = timezone.now() - timedelta(days=30)

    assert not looked_at(changes_since(since)) & old
    assert looked_at(changes_since(FEBRUARY + timedelta(days=5), until=MARCH)) & {
        name for name in old if "_act_" in name
    } <= {of(FEBRUARY)[0], of(MARCH)[0]}


def test_an_act_is_looked_for_in_its_month_only() -> None:
    """The acts of a person are found by their personal parts, each by its key."""
    do("ANALYZE", f"UPDATE pg_class SET reltuples = 1000000 WHERE relname ~ '^({TABLES})'")
    other = uuid4()
    record([act(MARCH + SECOND, scope="theirs"), Entry(Kind.GRANTED, Actor.PERSON, person=other)])

    acts = {
        name for name in looked_at(Act.objects.filter(personal__person=other)) if "_act_" in name
    }

    assert acts == {f"journal_act_{timezone.now():%Y%m}01"}


def test_who_reads_for_long_is_waited_for_and_nothing_is_half_archived(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(PARTITIONS), "drop", lambda *_: 0)
    monkeypatch.setattr("foundation.journal.archive.TRIES", 2)

    with pytest.raises(CommandError, match="is reading what is to go"):
        call_command("archive_history", "--before", "2025-03-01", "--to", str(file))

    assert list(file.parent.glob("old*")) == []
    assert numbers() == [1, 2, 3, 4, 5, 6, 7]
    assert findings() == []
