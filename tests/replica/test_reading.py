"""What may be a moment old is read from the replica, if it is there and young enough."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from structlog.testing import capture_logs

from claims.catalogue.models import Scope
from foundation.base.postgresql import connection as own_connection
from foundation.base.replica import lag as lag_module
from foundation.base.replica.lag import ASIDE, EVERY, lag
from foundation.base.replica.reading import REPLICA, Visitor, moments_old, visited_by
from tests.replica.conftest import catch_up
from tests.services import postgresql
from tests.services.replica import Follower

pytestmark = [pytest.mark.postgresql]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what lets the clock of the replica's age go on by so many seconds."""
    passed = [0.0]
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + passed[0])
    monkeypatch.setattr(lag_module, "time", clock)

    def go_on(seconds: float) -> None:
        passed[0] += seconds

    return go_on


def titles() -> Any:
    return moments_old(Scope.objects.filter(name="email")).values_list("title", flat=True)


def on_replica(statement: str) -> None:
    own: Any = connections[REPLICA]
    with own.own_cursor() as cursor:
        cursor.execute(statement)


def test_what_may_be_old_is_read_from_the_replica(replica: Follower, asked: Any) -> None:
    Scope.objects.filter(name="email").update(title="Committed")
    catch_up()

    with asked(REPLICA) as on_the_replica, asked(DEFAULT_DB_ALIAS) as on_the_primary:
        assert list(titles()) == ["Committed"]

    assert [query["sql"].startswith("SELECT") for query in on_the_replica] == [True]
    # Where the log ends: once a second, however many read.
    assert len(on_the_primary) == 1
    with asked(DEFAULT_DB_ALIAS) as again:
        assert titles().db == REPLICA
    assert not len(again)


@pytest.mark.parametrize(
    ("visitor", "usual", "export"),
    [
        (Visitor(), REPLICA, REPLICA),
        (Visitor(posts=True), DEFAULT_DB_ALIAS, REPLICA),
        (Visitor(has_posted=True), DEFAULT_DB_ALIAS, DEFAULT_DB_ALIAS),
    ],
)
def test_whoever_has_posted_reads_the_primary(
    replica: Follower, visitor: Visitor, usual: str, export: str
) -> None:
    with visited_by(visitor):
        assert moments_old(Scope.objects.all()).db == usual
        assert moments_old(Scope.objects.all(), though_posted=True).db == export


def test_a_transaction_sees_what_it_has_written(replica: Follower) -> None:
    with transaction.atomic():
        Scope.objects.filter(name="email").update(title="Not committed")
        assert list(titles()) == ["Not committed"]
        transaction.set_rollback(True)


def test_what_was_read_from_it_is_written_to_the_primary(replica: Follower) -> None:
    scope = moments_old(Scope.objects.all()).get(name="email")
    assert scope._state.db == REPLICA

    scope.title = "Saved"
    scope.save()

    assert Scope.objects.get(name="email").title == "Saved"


def test_a_replica_that_is_too_old_is_passed_over(replica: Follower, later: Any) -> None:
    assert titles().db == REPLICA
    on_replica("SELECT pg_wal_replay_pause()")
    try:
        Scope.objects.filter(name="email").update(title="Newer")
        later(EVERY + 1)
        # Two seconds old, and five are allowed.
        assert titles().db == REPLICA
        assert list(titles()) != ["Newer"]

        later(5)
        assert list(titles()) == ["Newer"]
        assert titles().db == DEFAULT_DB_ALIAS
    finally:
        on_replica("SELECT pg_wal_replay_resume()")
    catch_up()
    later(EVERY)
    assert titles().db == REPLICA


@pytest.mark.long
def test_where_nothing_is_written_a_replica_does_not_age(replica: Follower, later: Any) -> None:
    for _ in range(3):
        later(60)
        assert titles().db == REPLICA


@pytest.mark.long
def test_a_replica_that_is_away_is_no_error(replica: Follower, later: Any) -> None:
    before = list(Scope.objects.filter(name="email").values_list("title", flat=True))
    rows = titles()
    assert rows.db == REPLICA
    replica.stop()
    try:
        with capture_logs() as logs:
            assert list(rows) == before
            assert list(titles()) == before
            later(ASIDE)
            assert list(titles()) == before
        assert [line["event"] for line in logs] == ["replica_away"]
    finally:
        replica.start()

    assert titles().db == DEFAULT_DB_ALIAS
    later(ASIDE)
    with capture_logs() as logs:
        assert titles().db == REPLICA
    assert [line["event"] for line in logs] == ["replica_back"]


@pytest.mark.long
def test_a_frozen_replica_freezes_nobody(
    replica: Follower, later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_connection, "FROZEN_AFTER", 0.2)
    rows = titles()
    assert rows.db == REPLICA
    with postgresql.frozen(replica.url):
        started = time.monotonic()
        assert len(rows) == 1
        assert time.monotonic() - started < 5
        # The primary is not taken for frozen.
        assert Scope.objects.filter(name="email").count() == 1
        assert titles().db == DEFAULT_DB_ALIAS
    later(ASIDE)
    connections[REPLICA].close()
    later(ASIDE)
    assert len(titles()) == 1


@pytest.mark.long
def test_rows_are_read_in_pieces_from_whoever_answers(replica: Follower) -> None:
    assert len(list(titles().iterator(chunk_size=1))) == 1
    rows = titles()
    replica.stop()
    try:
        assert len(list(rows.iterator(chunk_size=1))) == 1
    finally:
        replica.start()


@pytest.mark.long
def test_a_server_that_follows_nobody_is_not_read(
    replica: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connections.settings[REPLICA], "HOST", connection.settings_dict["HOST"])
    connections[REPLICA].close()
    del connections[REPLICA]
    lag.__init__()  # type: ignore[misc]

    assert titles().db == DEFAULT_DB_ALIAS


def test_without_a_replica_nothing_is_asked(db: None) -> None:
    assert REPLICA not in connections.settings
    assert titles().db == DEFAULT_DB_ALIAS
