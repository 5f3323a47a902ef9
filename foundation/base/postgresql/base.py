"""The backend that `settings.DATABASES` names: `ENGINE = "foundation.base.postgresql"`."""

from typing import Any

import structlog
from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from foundation.base import patience
from foundation.base.postgresql.connection import Driver, UnansweredError
from foundation.base.postgresql.reading import DebugReadAgain, ReadAgain

log = structlog.get_logger(__name__)

LIMITS = """
SELECT set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false),
       set_config('idle_in_transaction_session_timeout', %s, false),
       set_config('jit', 'off', false)
"""
"""Without JIT: compiling takes tens of milliseconds, and no statement of ours runs so long."""
POOLED_LIMITS = """
SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),
       current_setting('idle_in_transaction_session_timeout')
"""
FREE = """
SELECT current_setting('max_connections')::int
       - current_setting('superuser_reserved_connections')::int
       - coalesce(current_setting('reserved_connections', true), '0')::int
       - (SELECT sum(numbackends) FROM pg_stat_database)
"""


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, whose connections know how long they may wait, and are noticed to be dead."""

    Database = Driver("psycopg")

    @property
    def is_pooled(self) -> bool:
        """Whether a pooler gives each transaction another session, which keeps no setting of ours.

        What holds for a session is then the pooler's to say: docs/operations.md, "PgBouncer".
        """
        return bool(self.settings_dict.get("POOLING") == "transaction")

    def chunked_cursor(self) -> Any:
        """Return a cursor that reads in pieces; one of the server lives as long as its session."""
        if self.is_pooled and not self.in_atomic_block:
            return self.cursor()
        return super().chunked_cursor()

    def make_cursor(self, cursor: Any) -> ReadAgain:
        """Wrap a cursor of the driver."""
        return ReadAgain(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> DebugReadAgain:
        """Wrap a cursor of the driver whose statements are noted."""
        return DebugReadAgain(cursor, self)

    def close_if_health_check_failed(self) -> None:
        """Notice, before anything is sent, that the server has closed the connection.

        Its farewell lies there to be read, so nobody has to be asked: no statement, whatever
        CONN_HEALTH_CHECKS says. Within a transaction there is nothing to do: it is lost.
        """
        if self.connection is None or not self.autocommit or self.in_atomic_block:
            return
        if self.connection.has_news and not self.is_usable():
            self.close()

    def may_ask_anew(self, error: OperationalError) -> bool:
        """Say whether a read that has failed may be sent again, on a new connection.

        It may when the connection was lost, and nothing of a transaction with it. What was not
        answered in time is not sent again: somebody has waited long enough.
        """
        if not self.autocommit or self.in_atomic_block or self.connection is None:
            return False
        return self.connection.closed and not isinstance(error.__cause__, UnansweredError)

    def init_connection_state(self) -> None:
        """Tell the server how patient this process is; leave the last connections to others."""
        super().init_connection_state()
        if self.is_pooled:
            self._look_for_limits()
            return
        ours = patience.of_this_process()
        values = [f"{int(seconds * 1000)}" for seconds in (ours.statement, ours.lock, ours.idle)]
        with self.connection.cursor() as cursor:
            cursor.execute(LIMITS, values)
            if ours.leaves_connections:
                cursor.execute(FREE)
                (free,) = cursor.fetchone()
                self._leave(int(free), ours.leaves_connections)
        if not self.get_autocommit():
            self.connection.commit()

    def _look_for_limits(self) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(POOLED_LIMITS)
            if "0" in cursor.fetchone():
                log.warning("pooler_without_limits", see="docs/operations.md, PgBouncer")
        if not self.get_autocommit():
            self.connection.commit()

    def _leave(self, free: int, leaves: int) -> None:
        if free >= leaves:
            return
        self.connection.close()
        self.connection = None
        log.warning("connections_scarce", free=free, left_to_others=leaves)
        raise OperationalError("the last connections to the database are left to others")
