"""A real streaming replica of the server of the tests, as DATABASE_REPLICA_URL would name one."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from foundation.base.postgresql.freeze import Freeze
from foundation.base.replica.base import DatabaseWrapper, ReplicaConnection
from foundation.base.replica.lag import lag
from foundation.base.replica.reading import REPLICA, Router
from tests.services.replica import Follower, following


@pytest.fixture(scope="module")
def follower(django_db_setup: None) -> Iterator[Follower]:
    """The server that follows; it has the database of the tests too."""
    with following(os.environ["DATABASE_URL"]) as found:
        yield found


@pytest.fixture
def replica(follower: Follower, transactional_db: None, settings: Any) -> Iterator[Follower]:
    """The provider's replica, which has everything by now."""
    entry = connection.settings_dict | {
        "ENGINE": "foundation.base.replica",
        "HOST": str(follower.folder),
        "OPTIONS": connection.settings_dict["OPTIONS"] | {"connect_timeout": 2},
    }
    settings.DATABASE_ROUTERS = [f"{Router.__module__}.{Router.__qualname__}"]
    lag.__init__()  # type: ignore[misc]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connections.settings, REPLICA, entry)
        patch.setattr(ReplicaConnection, "freeze", Freeze())
        # How busy the machine is says nothing about the replica.
        patch.setattr("foundation.base.replica.lag.PATIENCE", 30.0)
        patch.setattr(DatabaseWrapper, "ensure_connection", _ensure_connection, raising=False)
        # Otherwise what is committed is written a fifth of a second later.
        connection.cursor().execute("SET synchronous_commit = on")
        settle()
        yield follower
        connection.cursor().execute("RESET synchronous_commit")
        connections[REPLICA].close()
        del connections[REPLICA]


def _ensure_connection(own: DatabaseWrapper) -> None:
    """Connect as Django does; its tests let nobody connect to a second database."""
    if own.connection is None:
        with own.wrap_database_errors:
            own.connect()


def catch_up() -> None:
    """Return once the replica has replayed what is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn()")
        (end,) = cursor.fetchone()
    own: Any = connections[REPLICA]
    with own.own_cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn, pg_sleep(0.01)", [end])
            if cursor.fetchone()[0]:
                return


def settle() -> None:
    """Return once the replica is known to be young; the next that is read looks anew.

    Other tests write to the same server, so what its log ends with is never replayed already.
    """
    while not lag.is_short():
        catch_up()
        lag._next_look = float("-inf")
    lag._next_look = float("-inf")


@pytest.fixture
def asked(replica: Follower) -> Callable[[str], CaptureQueriesContext]:
    """Return what counts the statements to one of both."""
    return lambda alias: CaptureQueriesContext(connections[alias])
