"""Old rows go to a file; what is left still verifies, and so does the file."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from foundation.journal.acts import export_head, link, record
from foundation.journal.archive import NothingToArchiveError, archive
from foundation.journal.entries import Entry
from foundation.journal.models import Act, Actor, Kind, PersonalPart, Segment
from tests.consent.history.reading import findings, tamper

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def file(chain: list[Act], tmp_path: Path) -> Path:
    """An archive of the five oldest rows; the sixth stays."""
    export_head()
    path = tmp_path / "old.jsonl"
    archive(chain[-1].at, path)
    return path


def append(number: int = 1) -> None:
    for _ in range(number):
        record([Entry(kind=Kind.GRANTED, actor=Actor.PERSON, scope="email")])
    link()


def change(path: Path, number: int, old: str, new: str) -> None:
    lines = path.read_text().splitlines(keepends=True)
    assert old in lines[number]
    lines[number] = lines[number].replace(old, new)
    path.write_text("".join(lines))


def test_the_rest_verifies_without_the_file_and_with_it(file: Path) -> None:
    assert list(Act.objects.values_list("number", flat=True)) == [6]
    assert PersonalPart.objects.count() == 1
    assert findings() == []
    assert findings([file]) == []

    append(2)
    assert findings([file]) == []


def test_the_file_says_nothing_of_people(file: Path, ada: object) -> None:
    text = file.read_text()

    assert str(ada.pk) not in text  # type: ignore[attr-defined]
    assert "192.0.2.7" not in text
    assert "192.0.2.7" in file.with_name("old.jsonl.personal").read_text()


def test_the_chain_goes_on_over_several_files(file: Path, tmp_path: Path) -> None:
    append(3)
    second = tmp_path / "newer.jsonl"
    archive(timezone.now(), second)
    append()

    assert [str(segment) for segment in Segment.objects.order_by("first")] == ["1 to 5", "6 to 9"]
    assert findings([second, file]) == []
    assert findings([file]) == []
    assert findings() == []


def test_a_file_without_its_personal_part_verifies(file: Path) -> None:
    file.with_name("old.jsonl.personal").unlink()

    assert findings([file]) == []


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_changed_line_is_named(file: Path, number: int) -> None:
    change(file, number, '"acr"', '"acr2"')

    assert findings([file])[0] == f"Row {number} has been changed."


def test_a_changed_personal_line_is_named(file: Path) -> None:
    change(file.with_name("old.jsonl.personal"), 2, "192.0.2.7", "192.0.2.8")

    assert findings([file]) == ["Row 3: its personal part has been changed."]


def test_a_missing_line_is_named(file: Path) -> None:
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:3] + lines[4:]))

    assert findings([file])[0] == "Row 3 is missing."


def test_a_missing_tail_of_a_file_is_named(file: Path) -> None:
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:4]))

    assert findings([file])[0] == "The archive of rows 1 to 5 does not end as its seal says."


def test_a_line_that_is_no_row_is_named(file: Path) -> None:
    change(file, 2, '"number"', '"numbr"')

    assert "old.jsonl, after row 1: not a row of an archive" in findings([file])[0]


def test_a_file_of_another_history_is_named(file: Path) -> None:
    change(file, 0, ".", ".AA")

    assert findings([file]) == ["old.jsonl is no archive of this history."]


def test_a_forged_seal_is_named(chain: list[Act]) -> None:
    """Whoever may insert can open the way to removing rows, but cannot sign for it."""
    Segment.objects.create(
        first=1,
        last=5,
        previous_hash="0" * 64,
        last_hash=chain[4].hash,
        sealed_at=timezone.now(),
        jws="x",
    )
    PersonalPart.objects.filter(act__number__lte=5).delete()
    Act.objects.filter(number__lte=5).delete()

    assert findings()[0].startswith("The seal of rows 1 to 5 is forged")


def test_a_seal_that_was_removed_is_missed(file: Path) -> None:
    tamper("DELETE FROM journal_segment")

    assert findings()[0] == "Rows 1 to 5 are missing."


def test_nothing_old_enough_is_refused(chain: list[Act], tmp_path: Path) -> None:
    with pytest.raises(NothingToArchiveError):
        archive(chain[0].at - timedelta(days=1), tmp_path / "old.jsonl")

    assert list(tmp_path.glob("old*")) == []


def test_acts_that_wait_are_not_archived(chain: list[Act], tmp_path: Path) -> None:
    record([Entry(kind=Kind.GRANTED, actor=Actor.PERSON, scope="email")])

    archive(timezone.now() + timedelta(days=1), tmp_path / "old.jsonl")

    assert Act.objects.get().number is None
    link()
    assert findings() == []


def test_an_existing_file_is_never_written_over(chain: list[Act], tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    path.write_text("precious")

    with pytest.raises(CommandError):
        call_command("archive_history", "--before", "2100-01-01", "--to", str(path))

    assert path.read_text() == "precious"
    assert Act.objects.count() == 6


@pytest.mark.parametrize(
    ("before", "said"), [("soon", "takes a date"), ("2001-01-01", "No row is older")]
)
def test_the_command_says_what_is_wrong(
    chain: list[Act], tmp_path: Path, before: str, said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("archive_history", "--before", before, "--to", str(tmp_path / "x"))


def test_the_commands_archive_and_verify(chain: list[Act], tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"

    call_command("archive_history", "--before", "2100-01-01", "--to", str(path))
    call_command("verify_history", "--archive", str(path))

    rows = [json.loads(line) for line in path.read_text().splitlines()[1:]]
    assert [row["number"] for row in rows] == [1, 2, 3, 4, 5, 6]
