"""A database that is slow, locked, frozen or full keeps nobody waiting for long."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from foundation.base import patience
from foundation.base.postgresql import connection as own
from foundation.base.postgresql.base import DatabaseWrapper
from foundation.base.postgresql.freeze import Freeze
from tests.services import postgresql

pytestmark = [pytest.mark.postgresql]
IMPATIENT = patience.Patience(statement=0.3, lock=0.1, idle=0.3)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL that nobody else uses."""
    with postgresql.server() as url:
        yield url


@pytest.fixture
def connect(
    server: str, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any
) -> Iterator[Callable[[], Any]]:
    """Return what opens a connection of the provider's kind; the process is a patient command."""
    host = server.partition("@/")[2].rpartition("/")[0]
    options = {"HOST": host, "NAME": "postgres", "USER": postgresql.USER, "PASSWORD": ""}
    opened: list[DatabaseWrapper] = []
    monkeypatch.setattr(own.Connection, "freeze", Freeze())

    def open_one() -> DatabaseWrapper:
        ours = connection.settings_dict | options
        opened.append(DatabaseWrapper(ours, alias="frozen"))
        opened[-1].inc_thread_sharing()
        return opened[-1]

    with django_db_blocker.unblock():
        yield open_one
        for one in opened:
            one.close()
    patience.become(patience.COMMAND)


def ask(database: Any, statement: str = "SELECT 1") -> Any:
    with database.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


def test_the_provider_uses_it() -> None:
    assert settings.DATABASES["default"]["ENGINE"] == "foundation.base.postgresql"
    assert isinstance(connection._connections["default"], DatabaseWrapper)  # type: ignore[attr-defined]


def test_the_server_ends_what_takes_too_long(connect: Any) -> None:
    patience.become(IMPATIENT)
    database = connect()

    with pytest.raises(OperationalError, match="statement timeout"):
        ask(database, "SELECT pg_sleep(30)")

    assert ask(database) == (1,)


def test_the_server_ends_what_waits_for_a_lock(connect: Any) -> None:
    patience.become(replace(IMPATIENT, statement=20.0))
    holder, waiter = connect(), connect()
    ask(holder, "SELECT pg_advisory_lock(7)")

    with pytest.raises(OperationalError, match="lock timeout"):
        ask(waiter, "SELECT pg_advisory_lock(7)")


def test_a_process_that_freezes_in_a_transaction_loses_its_locks(connect: Any) -> None:
    patience.become(IMPATIENT)
    holder, waiter = connect(), connect()
    holder.set_autocommit(False)
    ask(holder, "SELECT pg_advisory_xact_lock(8)")

    patience.become(replace(IMPATIENT, statement=20.0, lock=20.0))
    assert ask(waiter, "SELECT pg_try_advisory_lock(8)") in {(True,), (False,)}
    waiter.close()
    ask(waiter, "SELECT pg_advisory_lock(8)")

    with pytest.raises(OperationalError):
        ask(holder)


@pytest.mark.parametrize("kind", ["WEB", "WORKER", "COMMAND"])
def test_every_kind_of_program_has_its_limits(connect: Any, kind: str) -> None:
    ours = getattr(patience, kind)
    patience.become(ours)

    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    told = ask(connect(), f"SELECT {', '.join(f'''current_setting('{n}')''' for n in names)}")

    limits = [ours.statement, ours.lock, ours.idle]
    assert [seconds_of(text) for text in told] == limits
    assert all(limits)


def seconds_of(text: str) -> float:
    for unit, seconds in (("ms", 0.001), ("min", 60), ("s", 1), ("h", 3600)):
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * seconds
    raise AssertionError(text)


def test_a_frozen_server_keeps_nobody_beyond_the_deadline(connect: Any, server: str) -> None:
    patience.become(IMPATIENT)
    database = connect()
    assert ask(database) == (1,)

    with postgresql.frozen(server):
        started = time.monotonic()
        with patience.at_most(0.5), pytest.raises(OperationalError, match="has not answered"):
            ask(database)
        assert time.monotonic() - started < 5
        assert database.connection.closed
        database.close()

    assert ask(database) == (1,)


def test_while_it_is_frozen_one_thread_tries_and_the_others_are_told_at_once(
    connect: Any, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "FROZEN_AFTER", 0.1)
    monkeypatch.setattr("foundation.base.postgresql.freeze.PAUSE", 0.0)
    patience.become(IMPATIENT)
    database, trying, told = connect(), connect(), connect()
    ask(database)

    with postgresql.frozen(server):
        with patience.at_most(0.2), pytest.raises(OperationalError, match="has not answered"):
            ask(database)
        answers: list[Any] = []
        thread = threading.Thread(target=lambda: answers.append(ask(trying)))
        thread.start()
        while own.Connection.freeze._trying is None:
            assert thread.is_alive()
        for _ in range(20):
            with pytest.raises(OperationalError, match="it is being tried"):
                ask(told)

    # It answers again in time: who was trying has a connection, and everybody else gets one.
    thread.join(30)
    assert answers == [(1,)]
    assert ask(told) == (1,)


def test_a_statement_that_is_wrong_is_no_freeze(connect: Any) -> None:
    database = connect()

    with pytest.raises(Exception, match="syntax"):
        ask(database, "SELEC")

    own.Connection.freeze.admit()
    assert ask(database) == (1,)


def test_web_processes_leave_the_last_connections_to_worker_and_administrators(
    connect: Any, server: str
) -> None:
    patience.become(patience.COMMAND)
    with closing(connect()) as one:
        (most,) = ask(one, "SELECT current_setting('max_connections')::int")
        reserved = int(ask(one, "SELECT current_setting('superuser_reserved_connections')")[0])
    free = most - reserved - 1
    web = replace(patience.WEB, leaves_connections=free + 1)

    patience.become(web)
    refused = connect()
    with pytest.raises(OperationalError, match="left to others"):
        ask(refused)
    assert refused.connection is None

    patience.become(patience.WORKER)
    assert ask(connect()) == (1,)
    patience.become(replace(web, leaves_connections=free - 20))
    assert ask(connect()) == (1,)
