"""Verifying behind what was verified before, and in several processes."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from foundation.base.keyed import Ring
from foundation.journal.acts import export_head, link, record
from foundation.journal.archive import archive
from foundation.journal.chain.memory import MemoryUnusableError, kept
from foundation.journal.chain.processes import in_processes
from foundation.journal.chain.verification import Verification
from foundation.journal.chain.verified import NAME, last_verified
from foundation.journal.entries import Entry
from foundation.journal.models import Act, Actor, Kind
from tests.consent.history.reading import findings, in_database, tamper

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
BORDER = 6
"""The last row that had been verified."""


def append(number: int = 1, kind: Kind = Kind.GRANTED, **detail: Any) -> None:
    record([Entry(kind=kind, actor=Actor.PERSON, scope="email", detail=detail)] * number)
    link()


@pytest.fixture
def verified(chain: list[Act]) -> list[Act]:
    """Six rows that were verified, and four that came after that."""
    assert findings() == []
    append(4)
    return list(Act.objects.order_by("number"))


def resumed() -> list[str]:
    found = list(Verification(behind=last_verified()).findings())
    assert list(Verification(behind=last_verified(), stretch=2).findings()) == found
    return found


def test_only_what_came_after_is_read(verified: list[Act], capsys: Any) -> None:
    check = Verification(behind=last_verified())
    assert list(check.findings()) == []
    assert check.rows == 4

    append()
    call_command("verify_history", "--resume")
    said = capsys.readouterr().out
    assert "The history verifies: 1 rows" in said
    assert "Rows up to 10 were not read again" in said


TAMPERED = {
    "changed": "UPDATE journal_act SET scope = 'root' WHERE number = {}",
    "relinked": "UPDATE journal_act SET hash = 'x' WHERE number = {}",
    "another's mac": "UPDATE journal_act SET mac = seal WHERE number = {}",
    "removed": "DELETE FROM journal_act WHERE number = {}",
    "unlinked": "UPDATE journal_act SET number = NULL WHERE number = {}",
}


@pytest.mark.parametrize("how", TAMPERED)
@pytest.mark.parametrize("number", [7, 8, 10])
def test_what_is_done_behind_the_border_is_found_by_either(
    verified: list[Act], how: str, number: int
) -> None:
    tamper(TAMPERED[how].format(number))

    assert findings()
    assert resumed() == findings()


@pytest.mark.parametrize("how", TAMPERED)
def test_what_is_done_before_the_border_is_found_by_a_whole_run(
    verified: list[Act], how: str
) -> None:
    tamper(TAMPERED[how].format(3))

    assert findings()[0].startswith("Row 3 ")
    waits = how == "unlinked"  # whoever waits is looked at by either, and is as it was written
    assert resumed() == []
    assert Act.objects.filter(number=None).exists() == waits


@pytest.mark.parametrize("how", ["relinked", "removed", "unlinked"])
def test_the_row_at_the_border_has_to_be_the_one_that_was_verified(
    verified: list[Act], how: str
) -> None:
    tamper(TAMPERED[how].format(BORDER))

    assert resumed()[0].startswith(f"Row {BORDER} is not the one that was verified at 20")


def test_rows_that_changed_places_across_the_border_are_named(verified: list[Act]) -> None:
    for old, new in ((6, 99), (7, 6), (99, 7)):
        tamper(f"UPDATE journal_act SET number = {new} WHERE number = {old}")

    assert resumed()[0].startswith("Row 6 is not the one that was verified")
    assert findings()[0].startswith("Row 6 does not follow on row 5")


def test_a_tail_that_was_cut_off_is_missed(verified: list[Act]) -> None:
    tamper("DELETE FROM journal_act WHERE number >= 9")

    assert resumed() == findings() == ["Rows 9 to 10 are missing."]


def test_a_changed_personal_part_behind_the_border_is_named(verified: list[Act]) -> None:
    key = in_database(verified[8].pk)
    tamper("UPDATE journal_personalpart SET address = 'x' WHERE act_id = %s", key)

    assert resumed() == findings() == ["Row 9: its personal part has been changed."]


@pytest.mark.parametrize("stretch", [1, 2, 3, 100])
def test_a_secret_that_was_replaced_counts_in_every_stretch_after_that(
    chain: list[Act], settings: Any, stretch: int
) -> None:
    old = settings.HISTORY_SECRET
    new = Ring(b"n" * 32, older=old.secrets)
    settings.HISTORY_SECRET = new
    append(kind=Kind.SECRET_ROTATED, secret="HISTORY_SECRET", key=new.key_id)
    append(2)
    settings.HISTORY_SECRET = old
    append(2)
    settings.HISTORY_SECRET = new

    late = "was written with a secret that had been replaced by then."
    found = list(Verification(stretch=stretch).findings())
    assert found == [f"Row {number} {late}" for number in (10, 11)]


def test_what_does_not_verify_is_not_kept(chain: list[Act]) -> None:
    tamper("UPDATE journal_act SET scope = 'root' WHERE number = 3")

    assert findings()
    assert last_verified() is None


def test_somebody_without_the_secret_says_nothing_was_verified(
    verified: list[Act], settings: Any
) -> None:
    number, _, rest = kept(NAME).read().partition(" ")
    assert number == str(BORDER)
    kept(NAME).write(9, f"{BORDER} {rest.replace(verified[5].hash, 'f' * 64)}", only_forward=False)

    with pytest.raises(MemoryUnusableError):
        last_verified()
    with pytest.raises(CommandError, match="written by somebody else"):
        call_command("verify_history", "--resume")
    call_command("verify_history")
    call_command("verify_history", "--resume")


def test_it_begins_with_the_first_row_where_nothing_was_verified(
    chain: list[Act], capsys: Any
) -> None:
    call_command("verify_history", "--resume")

    said = capsys.readouterr()
    assert "begins with the first row" in said.err
    assert "6 rows" in said.out


def test_state_needs_every_act(verified: list[Act]) -> None:
    with pytest.raises(CommandError, match="cannot be used with --resume"):
        call_command("verify_history", "--resume", "--state")


@pytest.mark.parametrize("last", [3, 6, 8])
def test_what_was_archived_since_need_not_be_read_again(
    verified: list[Act], tmp_path: Path, last: int
) -> None:
    export_head()
    path = tmp_path / "old.jsonl"
    archive(verified[last].at, path)
    moved = 10 - Act.objects.count()
    moved_unseen = moved > BORDER

    check = Verification(behind=last_verified())
    assert list(check.findings()) == []
    assert bool(check.uncompared) == moved_unseen
    check = Verification(behind=last_verified(), archives=[path])
    assert list(check.findings()) == []
    assert check.uncompared == []


@pytest.mark.django_db(transaction=True)
def test_processes_find_what_one_finds(chain: list[Act]) -> None:
    def in_two() -> list[str]:
        with in_processes(2) as run:
            check = Verification(run=run, stretch=2)
            found = list(check.findings())
        assert check.rows == Act.objects.filter(number__isnull=False).count()
        return found

    append(4)
    assert in_two() == findings() == []
    tamper("UPDATE journal_act SET scope = 'root' WHERE number IN (2, 3, 9)")
    tamper("DELETE FROM journal_act WHERE number IN (5, 6)")
    found = in_two()
    assert found == findings()
    assert found[0] == "Row 2 has been changed."
    assert "Rows 5 to 6 are missing." in found


def test_an_act_from_before_the_border_that_waits_is_looked_at(verified: list[Act]) -> None:
    record([Entry(kind=Kind.SHOWN, actor=Actor.PERSON, at=timezone.now() - timedelta(days=9))])
    tamper("UPDATE journal_act SET scope = 'root' WHERE number IS NULL")

    (finding,) = resumed()
    assert finding.startswith("The waiting act ")
