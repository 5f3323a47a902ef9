"""The database itself refuses to change the history."""

import pytest
from django.db import IntegrityError, connection, transaction

from foundation.journal import erasure
from foundation.journal.acts import export_head, link, record
from foundation.journal.archive import archive
from foundation.journal.chain import canonical
from foundation.journal.entries import Entry
from foundation.journal.models import Act, Actor, ChainHead, Kind, PersonalPart, Segment
from foundation.journal.triggers import declared as triggers
from foundation.journal.triggers.history import BLANKED, HISTORY, UNCHANGED

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
BLANK = ", ".join(f"{column} = ''" for column in BLANKED)


def refused(sql: str) -> None:
    refusal = pytest.raises(IntegrityError, match="never changed")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal_act SET scope = 'root'",
        "UPDATE journal_act SET number = NULL",
        "UPDATE journal_act SET number = number + 100",
        "UPDATE journal_act SET hash = 'x', mac = 'x'",
        "DELETE FROM journal_act",
        "DELETE FROM journal_act WHERE number = 3",
        "UPDATE journal_personalpart SET address = '192.0.2.99'",
        "UPDATE journal_personalpart SET reason = ''",
        "UPDATE journal_personalpart SET person_id = NULL",
        f"UPDATE journal_personalpart SET {BLANK}, person_id = NULL",
        f"UPDATE journal_personalpart SET {BLANK}, erased_in = act_id",
        "DELETE FROM journal_personalpart",
        "UPDATE journal_chainhead SET number = number - 1",
        "UPDATE journal_chainhead SET hash = 'x'",
        "DELETE FROM journal_chainhead",
    ],
)
def test_a_change_is_refused(chain: list[Act], sql: str) -> None:
    refused(sql)


def test_a_waiting_act_cannot_be_changed_while_it_is_linked(chain: list[Act]) -> None:
    record([Entry(kind=Kind.GRANTED, actor=Actor.PERSON, scope="email")])

    refused("UPDATE journal_act SET number = 7, scope = 'root' WHERE number IS NULL")
    refused("DELETE FROM journal_act WHERE number IS NULL")


def test_an_erased_part_cannot_be_written_again(chain: list[Act], ada: object) -> None:
    PersonalPart.objects.update(
        **dict.fromkeys(BLANKED, ""),
        person=None,
        erased_in=chain[0].pk,
        erased_mac="x",
    )

    refused("UPDATE journal_personalpart SET address = '192.0.2.99'")


def test_the_orm_is_refused_too(chain: list[Act]) -> None:
    for rows in (Act.objects.all(), PersonalPart.objects.all(), ChainHead.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.delete()


def test_a_seal_cannot_be_changed(chain: list[Act], tmp_path: object) -> None:
    segment = archive(chain[-1].at, tmp_path / "old.jsonl")  # type: ignore[operator]

    assert Segment.objects.get() == segment
    refused("UPDATE journal_segment SET last = last + 1")
    refused("DELETE FROM journal_segment")


@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
def test_replacing_is_not_a_way_round(chain: list[Act], verb: str) -> None:
    if connection.vendor == "postgresql":
        refused("DELETE FROM journal_act WHERE number = 2")  # there is no REPLACE
        return
    with connection.cursor() as cursor:
        cursor.execute(f"{verb} INTO journal_act SELECT * FROM journal_act WHERE number = 2")
        columns = "act_id, salt, person_id, actor_id, address, user_agent, reason, shown, erased_in"
        values = columns.replace("address", "'192.0.2.99'", 1)
        cursor.execute(
            f"{verb} INTO journal_personalpart ({columns}) "
            f"SELECT {values} FROM journal_personalpart"
        )

    assert not PersonalPart.objects.filter(address="192.0.2.99").exists()


@pytest.mark.postgresql
@pytest.mark.parametrize("table", HISTORY.tables)
def test_truncating_is_refused(chain: list[Act], table: str) -> None:
    refused(f"TRUNCATE {table} CASCADE")


def test_what_the_history_does_itself_goes_through(chain: list[Act]) -> None:
    record([Entry(kind=Kind.GRANTED, actor=Actor.PERSON, scope="email")])

    assert link() == 1
    assert export_head() is not None
    assert triggers.flaws(connection) == []


def test_installing_again_changes_nothing(chain: list[Act]) -> None:
    triggers.install(connection)

    assert triggers.flaws(connection) == []
    refused("DELETE FROM journal_act")


def test_every_column_of_the_history_is_accounted_for() -> None:
    """A column that is added later is never changed, and blanked where it holds text."""
    act = {column.column for column in Act._meta.concrete_fields}
    assert act - {"number", "hash", "mac"} == set(UNCHANGED)
    part = {column.column for column in PersonalPart._meta.concrete_fields}
    assert part - {"act_id", "person_id", "erased_in", "erased_mac"} == set(BLANKED)
    assert set(BLANKED) == set(erasure.BLANK)
    assert set(BLANKED) == {"salt", "shared_email", *canonical.PERSONAL_FIELDS}
