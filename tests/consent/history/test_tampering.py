"""What is done to the tables behind the history's back is found and named."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from foundation.journal.acts import export_head, link, record
from foundation.journal.chain import canonical
from foundation.journal.chain.linking import HistoryWentBackError
from foundation.journal.entries import Entry
from foundation.journal.models import Act, Actor, Kind
from foundation.journal.triggers.history import HISTORY
from tests.consent.history.reading import findings, in_database, tamper

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_an_untouched_history_verifies(chain: list[Act], capsys: Any) -> None:
    assert len(chain) == 6
    assert findings() == []

    call_command("verify_history")
    assert "The history verifies: 6 rows" in capsys.readouterr().out


def test_the_command_fails_with_what_is_wrong(chain: list[Act]) -> None:
    tamper("UPDATE journal_act SET scope = 'root' WHERE number = 3")

    with pytest.raises(CommandError, match=r"(?s)does not verify.*Row 3 has been changed\.") as e:
        call_command("verify_history")
    assert e.value.returncode == 1


@pytest.mark.parametrize("number", [1, 3, 6])
@pytest.mark.parametrize(
    "change",
    [
        "scope = 'root'",
        "kind = 'denied2'",
        "actor = 'nobody'",
        "client_id = 4711",
        "grant_id = id",
        "text_version = 99",
        "locale = 'xx'",
        "acr = 'strong'",
        "at = '2001-01-01 00:00:00+00:00'",
        "personal_digest = 'x'",
        "seal = 'x'",
        """detail = '{"until": 1}'""",
    ],
)
def test_a_changed_column_is_named(chain: list[Act], number: int, change: str) -> None:
    tamper(f"UPDATE journal_act SET {change} WHERE number = {number}")

    assert findings()[0] == f"Row {number} has been changed."


@pytest.mark.parametrize("column", ["hash", "mac"])
def test_a_changed_link_is_named(chain: list[Act], column: str) -> None:
    tamper(f"UPDATE journal_act SET {column} = 'x' WHERE number = 3")

    assert findings()[0].startswith("Row 3 ")


@pytest.mark.parametrize("column", ["salt", "actor_id", "address", "user_agent", "reason", "shown"])
def test_a_changed_personal_part_is_named(chain: list[Act], column: str) -> None:
    tamper(
        f"UPDATE journal_personalpart SET {column} = 'x' WHERE act_id = %s",
        in_database(chain[3].pk),
    )

    assert findings() == ["Row 4: its personal part has been changed."]


def test_an_act_given_to_somebody_else_is_named(chain: list[Act], linus: Any) -> None:
    tamper(
        "UPDATE journal_personalpart SET person_id = %s WHERE act_id = %s",
        in_database(linus.pk),
        in_database(chain[3].pk),
    )

    assert findings() == ["Row 4: its personal part has been changed."]


def test_a_removed_personal_part_is_named(chain: list[Act]) -> None:
    tamper("DELETE FROM journal_personalpart WHERE act_id = %s", in_database(chain[1].pk))

    assert findings() == ["Row 2: its personal part is gone."]


def test_blanking_without_an_erasure_is_named(chain: list[Act]) -> None:
    tamper(
        "UPDATE journal_personalpart SET salt = '', actor_id = '', address = '', user_agent = '', "
        "reason = '', shown = '', person_id = NULL, erased_in = %s, erased_mac = 'x' "
        "WHERE act_id = %s",
        in_database(chain[0].pk),
        in_database(chain[1].pk),
    )

    assert findings() == [
        "Row 2: its personal part was blanked without the operator's secret.",
        f"1 personal parts were blanked without an erasure (act {chain[0].pk}).",
    ]


def test_a_removed_row_in_the_middle_is_named(chain: list[Act]) -> None:
    tamper("DELETE FROM journal_act WHERE number = 3")

    assert findings() == ["Row 3 is missing."]


def test_rows_missing_from_the_start_are_named(chain: list[Act]) -> None:
    tamper("DELETE FROM journal_act WHERE number <= 2")

    assert findings() == ["Rows 1 to 2 are missing."]


def test_a_removed_row_whose_gap_was_closed_is_named(chain: list[Act]) -> None:
    tamper("DELETE FROM journal_act WHERE number = 3")
    for number in (4, 5, 6):
        tamper(f"UPDATE journal_act SET number = {number - 1} WHERE number = {number}")

    assert findings()[0].startswith("Row 3 does not follow on row 2")


def test_rows_that_changed_places_are_named(chain: list[Act]) -> None:
    tamper("UPDATE journal_act SET number = 99 WHERE number = 3")
    tamper("UPDATE journal_act SET number = 3 WHERE number = 4")
    tamper("UPDATE journal_act SET number = 4 WHERE number = 99")

    assert findings()[0].startswith("Row 3 does not follow on row 2")


def test_a_chain_that_was_computed_anew_is_found_by_its_macs(
    chain: list[Act], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything but the operator's secret is public: SHA-256 of known rows."""
    tamper("DELETE FROM journal_act WHERE number = 3")
    previous = canonical.FIRST_HASH
    for number, act in enumerate(Act.objects.order_by("number"), start=1):
        said = canonical.canonical(canonical.act_members(act))
        previous = canonical.chained(number, previous, said, act.seal)
        tamper(
            "UPDATE journal_act SET number = %s, hash = %s WHERE id = %s",
            number,
            previous,
            in_database(act.pk),
        )

    assert findings()[0] == "Row 3 was linked by somebody without the operator's secret."


def test_a_row_slipped_in_without_the_secret_is_named(chain: list[Act]) -> None:
    act = Act(
        at=chain[0].at, kind=Kind.GRANTED, actor=Actor.PERSON, scope="root", seal="x", number=7
    )
    act.save(force_insert=True)

    assert findings()[0] == "Row 7 has been changed."


def test_a_cut_tail_is_missed_by_the_head_of_the_chain(chain: list[Act]) -> None:
    tamper("DELETE FROM journal_act WHERE number >= 5")

    assert findings() == ["Rows 5 to 6 are missing."]


def test_a_head_that_was_set_back_with_the_tail_is_missed_by_the_exported_one(
    chain: list[Act],
) -> None:
    export_head()
    tamper("DELETE FROM journal_act WHERE number >= 5")
    tamper("UPDATE journal_chainhead SET number = 4, hash = %s", chain[3].hash)

    (finding,) = findings()
    assert finding.startswith("Rows 5 to 6 are missing. It was there at 20")


def test_a_tail_that_was_written_anew_is_not_the_exported_one(
    chain: list[Act], settings: Any, tmp_path: Path, heads: Path
) -> None:
    export_head()
    tamper("DELETE FROM journal_act WHERE number = 6")
    tamper("UPDATE journal_chainhead SET number = 5, hash = %s", chain[4].hash)
    record([Entry(kind=Kind.GRANTED, actor=Actor.PERSON, scope="email")])
    with pytest.raises(HistoryWentBackError):
        link()
    settings.HISTORY_HEADS_DIR = tmp_path / "elsewhere"  # where the linker cannot look
    link()
    settings.HISTORY_HEADS_DIR = heads

    (finding,) = findings()
    assert finding.startswith("Row 6 is not the one that was exported at 20")


def test_a_head_that_is_gone_is_missed(chain: list[Act]) -> None:
    tamper("DELETE FROM journal_chainhead")

    assert findings() == ["The head of the chain is missing."]


def test_a_forged_exported_head_is_named(chain: list[Act], heads: Path) -> None:
    export_head()
    (path,) = heads.glob("*.jws")
    path.write_text(path.read_text().replace(".", ".AA", 1))

    (finding,) = findings()
    assert finding.startswith(f"The exported heads cannot be relied on: {path.name}, line 1")


def test_a_waiting_act_that_was_changed_is_named(chain: list[Act]) -> None:
    record([Entry(kind=Kind.GRANTED, actor=Actor.PERSON, scope="email")])
    tamper("UPDATE journal_act SET scope = 'root' WHERE number IS NULL")

    (finding,) = findings()
    assert finding.startswith("The waiting act ")


def test_a_change_made_before_linking_is_named_after_it(chain: list[Act]) -> None:
    record([Entry(kind=Kind.GRANTED, actor=Actor.PERSON, scope="email")])
    tamper("UPDATE journal_act SET scope = 'root' WHERE number IS NULL")
    link()

    assert findings() == ["Row 7 has been changed."]


def test_a_trigger_that_is_gone_is_named(chain: list[Act]) -> None:
    HISTORY.remove(connection)

    assert any("The trigger history_journal_act__update is missing" in said for said in findings())


@pytest.mark.postgresql
def test_a_trigger_that_is_disabled_is_named(chain: list[Act]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_act DISABLE TRIGGER history_journal_act__delete")

    assert "The trigger history_journal_act__delete is missing" in findings()[0]
