"""What was linked last is remembered outside the database, wherever that is."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from redis import Redis

from foundation.journal.acts import export_head, link, record
from foundation.journal.chain import linking, memory
from foundation.journal.chain.linking import HistoryWentBackError, link_if_free
from foundation.journal.chain.memory import Last, MemoryUnusableError, accept, remember, remembered
from foundation.journal.entries import Entry
from foundation.journal.models import Act, Actor, ChainHead, Kind
from tests.consent.history.reading import findings, tamper


@pytest.fixture(params=["file", pytest.param("redis", marks=pytest.mark.redis)])
def place(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> str:
    """Where it is remembered; empty at first."""
    if request.param == "redis":
        settings.HISTORY_MEMORY = request.getfixturevalue("redis_url")
        Redis.from_url(settings.HISTORY_MEMORY).delete(memory.KEY + memory.LAST)
    else:
        settings.HISTORY_MEMORY = str(tmp_path / "folder" / "last")
    return str(request.param)


def forge(place: str, where: str, text: str) -> None:
    if place == "redis":
        Redis.from_url(where).set(memory.KEY + memory.LAST, text)
    else:
        Path(where).write_text(text)


def test_it_goes_forward_only_however_many_write(place: str) -> None:
    assert remembered() is None
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: remember(Last(number, f"h{number}")), range(40, 0, -1)))

    assert remembered() == Last(40, "h40")
    remember(Last(7, "h7"))
    assert remembered() == Last(40, "h40")
    accept(Last(7, "h7"))
    assert remembered() == Last(7, "h7")


@pytest.mark.parametrize("text", ["3 abc f", "x", "3", "99999999 abc", "6 abc é"])
def test_what_somebody_else_wrote_is_refused(place: str, settings: Any, text: str) -> None:
    remember(Last(6, "abc"))
    forge(place, settings.HISTORY_MEMORY, text)

    with pytest.raises(MemoryUnusableError):
        remembered()


def append() -> None:
    record([Entry(kind=Kind.GRANTED, actor=Actor.PERSON, scope="email")])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "/proc/nowhere/last"])
def test_while_it_is_away_acts_wait_and_nobody_who_decides_is_kept(
    chain: list[Act], settings: Any, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(linking, "_not_before", 0.0)
    there = settings.HISTORY_MEMORY
    settings.HISTORY_MEMORY = url
    if url.startswith("/"):
        monkeypatch.setattr(Path, "read_text", _unreadable)
    append()

    assert Act.objects.filter(number=None).count() == 1
    assert link_if_free() == 0
    with pytest.raises(MemoryUnusableError):
        link()

    monkeypatch.undo()
    settings.HISTORY_MEMORY = there
    assert link() == 1
    assert findings() == []


def _unreadable(*_: object, **__: object) -> str:
    raise PermissionError("not yours")


@pytest.mark.django_db
@pytest.mark.both_databases
def test_an_exported_head_counts_where_nothing_is_remembered(chain: list[Act]) -> None:
    export_head()
    tamper("DELETE FROM journal_act WHERE number = 6")
    tamper("UPDATE journal_chainhead SET number = 5, hash = %s", chain[4].hash)
    append()

    assert remembered() is None
    with pytest.raises(HistoryWentBackError, match="Row 6 had been linked"):
        link()


@pytest.mark.django_db
@pytest.mark.both_databases
def test_after_a_restore_the_gap_is_accepted_once_and_stays_in_the_history(
    chain: list[Act], capsys: Any
) -> None:
    remember(Last(9, "lostlost"))
    append()
    with pytest.raises(HistoryWentBackError):
        link()

    call_command("accept_history_end")

    assert "Row 9 (lostlost) is gone" in capsys.readouterr().out
    act = Act.objects.get(kind=Kind.HISTORY_RESUMED)
    assert act.detail == {"lost": 9, "hash": "lostlost", "from": 6}
    assert ChainHead.objects.get().number == 8
    assert findings() == []
    with pytest.raises(CommandError, match="Nothing was lost"):
        call_command("accept_history_end")
