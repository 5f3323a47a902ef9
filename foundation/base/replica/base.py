"""The backend of the replica: `ENGINE = "foundation.base.replica"`. It answers whatever happens.

A read that the replica does not take, or does not answer, goes to the primary, once and by the same
thread; the replica is left alone for a while. Everything that is read from it is a single SELECT,
so nothing is done twice.
"""

from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper

from foundation.base.postgresql import base, connection
from foundation.base.postgresql.freeze import Freeze
from foundation.base.postgresql.hosts import Hosts
from foundation.base.replica.lag import lag

LOST = (OperationalError, InterfaceError)


class ReplicaConnection(connection.Connection):
    """A connection to the replica, whose silence says nothing of the primary."""

    freeze = Freeze()
    hosts = Hosts()

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer, for no longer than until the primary is the better way."""
        least = min(timeout or connection.FROZEN_AFTER, connection.FROZEN_AFTER)
        return super().wait(gen, interval, least)


class _Driver(connection.Driver):
    connect = ReplicaConnection.connect


class OrPrimary(CursorWrapper):
    """A cursor that reads from the primary what the replica does not answer."""

    def _execute(self, sql: str, params: Any, *wrapped: Any) -> Any:
        try:
            return super()._execute(sql, params, *wrapped)  # type: ignore[misc]
        except LOST as error:
            if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
                # It takes too long, on the primary too.
                raise
            lag.set_aside(error)
        self.db.close()
        primary = connections[DEFAULT_DB_ALIAS]
        in_pieces = getattr(self.cursor, "name", None)
        self.cursor = primary.chunked_cursor() if in_pieces else primary.cursor()
        return self.cursor.execute(sql, params)


class DebugOrPrimary(OrPrimary, CursorDebugWrapper):
    """The same where statements are noted."""


class ReplicaWrapper(base.DatabaseWrapper):
    """The replica's, with the primary behind it."""

    Database = _Driver("psycopg")

    def own_cursor(self) -> CursorWrapper:
        """Return a cursor of the replica and of nobody else; raises `OperationalError`."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        return CursorWrapper(self.create_cursor(), self)

    def make_cursor(self, cursor: Any) -> Any:
        """Wrap a cursor of the driver."""
        return OrPrimary(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> Any:
        """Wrap a cursor of the driver whose statements are noted."""
        return DebugOrPrimary(cursor, self)

    def _cursor(self, name: str | None = None) -> Any:
        try:
            return super()._cursor(name)  # type: ignore[misc]
        except LOST as error:
            lag.set_aside(error)
        primary: Any = connections[DEFAULT_DB_ALIAS]
        return primary._cursor(name)  # noqa: SLF001 - Django's own way


DatabaseWrapper = ReplicaWrapper
"""The name by which Django looks for it."""
