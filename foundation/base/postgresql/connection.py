"""The driver's connection, with a deadline for every answer."""

import select
import time
from types import ModuleType
from typing import Any

import psycopg

from foundation.base import patience
from foundation.base.postgresql.freeze import Freeze
from foundation.base.postgresql.hosts import Hosts

COMPILED_TIMES: Any = psycopg.adapters.get_loader(
    psycopg.postgres.types["timestamptz"].oid, psycopg.pq.Format.TEXT
)
"""The driver's own way to read a time, in C; Django's is a class in Python."""
FROZEN_AFTER = 5.0
"""Seconds of silence that are not taken for slowness any more."""


class UnansweredError(psycopg.OperationalError):
    """The time to wait is up."""


class Connection(psycopg.Connection[Any]):
    """A connection whose every wait has an end: then it is closed, for nobody knows its state."""

    freeze = Freeze()
    hosts = Hosts()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._looking = select.poll()
        self._looking.register(self.pgconn.socket, select.POLLIN)
        self._kept: dict[str, psycopg.RawCursor[Any]] = {}

    @classmethod
    def connect(cls, conninfo: str = "", **kwargs: Any) -> "Connection":
        """Connect; raises `psycopg.OperationalError`, at once while the server is frozen."""
        cls.freeze.admit()
        allowed = max(2, int(min(patience.left(), float(kwargs.get("connect_timeout") or 5))))
        try:
            address = cls.hosts.in_order(kwargs)
            connection = super().connect(conninfo, **{**address, "connect_timeout": allowed})
        except psycopg.errors.ConnectionTimeout:
            cls.freeze.begin()
            raise
        except psycopg.Error:
            cls.freeze.end()
            raise
        cls.hosts.note(connection.info.host, connection.info.port)
        return connection

    @property
    def has_news(self) -> bool:
        """Whether it is closed, or the server has said something unasked: mostly farewell."""
        return self.closed or bool(self._looking.poll(0))

    def kept_cursor(self, statement: str) -> psycopg.RawCursor[Any]:
        """Return the cursor that runs this statement, with `$1` in the places of its values.

        The driver finds out once how its values are sent and its columns are read.
        """
        cursor = self._kept.get(statement)
        if cursor is None:
            cursor = self._kept[statement] = psycopg.RawCursor(self)
            cursor.adapters.register_loader("timestamptz", COMPILED_TIMES)
        return cursor

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer; raises `psycopg.OperationalError` when the time is up."""
        self.freeze.admit()
        allowed = min(patience.left(), timeout or float("inf"))
        started = time.monotonic()
        try:
            answer = super().wait(gen, interval, allowed)
        except psycopg.OperationalError as error:
            if time.monotonic() - started < allowed:
                self.freeze.end()
                raise
            self.pgconn.finish()
            if allowed >= FROZEN_AFTER:
                self.freeze.begin()
            raise UnansweredError(
                f"the database has not answered for {allowed:.0f} seconds"
            ) from error
        except psycopg.errors.IdleInTransactionSessionTimeout as error:
            # We were frozen ourselves: nothing is wrong with what was asked.
            self.freeze.end()
            raise psycopg.OperationalError(str(error)) from error
        except psycopg.errors.FeatureNotSupported as error:
            self.freeze.end()
            if error.diag.source_function != "RevalidateCachedQuery":
                raise
            # A migration has changed a column under a statement that is prepared here.
            self.pgconn.finish()
            raise psycopg.OperationalError("the schema of the database has changed") from error
        except psycopg.Error:
            self.freeze.end()
            raise
        self.freeze.end()
        return answer


class Driver(ModuleType):
    """psycopg as the backend sees it, with our way to connect."""

    connect = Connection.connect

    def __getattr__(self, name: str) -> Any:
        return getattr(psycopg, name)
