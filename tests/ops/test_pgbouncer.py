"""Behind PgBouncer in transaction mode: what a session is told is said in each transaction."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, connections
from structlog.testing import capture_logs

from foundation.base import env
from foundation.base.postgresql.base import DatabaseWrapper
from foundation.journal.acts import acting_as, record_changes
from foundation.journal.context import DecisionContext
from foundation.journal.models import Act, Actor
from tests.services import pgbouncer, programs

pytestmark = [pytest.mark.postgresql]
CHANGE = "UPDATE catalogue_scope SET title = title || '!' WHERE name = 'email'"
LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


@pytest.fixture(scope="module")
def pooler() -> Iterator[str]:
    """A PgBouncer before the server of the tests, with one session for everybody."""
    programs.require("pgbouncer", package="pgbouncer")
    with pgbouncer.in_front_of(os.environ["DATABASE_URL"], sessions=1) as url:
        yield url


@pytest.fixture
def client(
    pooler: str, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Callable[[], Any]]:
    """Return what connects through the pooler, as a thread of its own would."""
    monkeypatch.setenv("POOLED_URL", pooler)
    address = {name: env.database("POOLED_URL", "")[name] for name in ("HOST", "PORT", "USER")}
    ours = {**connection.settings_dict, **address, "POOLING": "transaction"}
    opened: list[DatabaseWrapper] = []

    def connect() -> DatabaseWrapper:
        alias = f"pooled{len(opened)}"
        opened.append(DatabaseWrapper(ours, alias=alias))
        connections[alias] = opened[-1]
        return opened[-1]

    yield connect
    for one in opened:
        one.close()
        del connections[one.alias]


def ask(database: Any, statement: str = "SELECT 1") -> Any:
    with database.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None


def last_authors() -> list[str]:
    """Return who made the last two changes, the earlier first."""
    record_changes()
    return [str(act.actor) for act in reversed(Act.objects.order_by("-at")[:2])]


def test_a_change_has_the_author_of_its_own_client(client: Any) -> None:
    ada, worker = client(), client()
    with acting_as(DecisionContext(actor=Actor.PERSON, actor_id="ada")):
        ask(ada, CHANGE)
    ask(worker, CHANGE)

    assert last_authors() == ["person", "system"]


def test_the_author_does_not_stay_behind_in_the_session(client: Any) -> None:
    ask(client(), CHANGE)
    address = client().get_connection_params()
    with closing(
        psycopg.connect(**{k: address[k] for k in ("host", "port", "user", "dbname")})
    ) as c:
        c.execute(CHANGE)
        c.commit()

    assert last_authors() == ["system", "outside"]


def test_the_pooler_says_how_long_a_statement_may_take(client: Any) -> None:
    names = ", ".join(f"current_setting('{name}')" for name in LIMITS)
    with capture_logs() as logs:
        database = client()
        assert ask(database, f"SELECT {names}") == ("10s", "5s", "30s")
        ask(database, "SET statement_timeout = 50")

        # Another client on the same session: it is the session that is told.
        with pytest.raises(OperationalError, match="statement timeout"):
            ask(client(), "SELECT pg_sleep(10)")
        ask(database, "SET statement_timeout = 10000")
    assert not logs


def test_a_pooler_that_sets_no_limits_is_told_of(client: Any) -> None:
    database = client()
    ask(database, "SET lock_timeout = 0")
    with capture_logs() as logs:
        ask(client())
    ask(database, "SET lock_timeout = 5000")

    assert [line["event"] for line in logs] == ["pooler_without_limits"]


def test_rows_can_be_read_in_pieces(client: Any) -> None:
    database = client()
    with database.chunked_cursor() as cursor:
        cursor.execute("SELECT generate_series(1, 5)")
        first = cursor.fetchmany(2)
        ask(client(), "SELECT 1")  # the session is somebody else's in between
        assert [*first, *cursor.fetchall()] == [(number,) for number in range(1, 6)]


@pytest.mark.long
def test_races_and_the_history_hold_behind_a_pooler() -> None:
    tests = ("consent/history", "approvals", "engine", "flows", "clients")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-m"]
    command += ["both_databases or postgresql", *(f"tests/{name}" for name in tests)]
    # It gives its own programs the address of a socket.
    command += ["--ignore", "tests/flows/test_switch_race.py"]

    assert pgbouncer.main(command) == 0
