"""Cursors that ask anew, once, when their connection dies under a read.

A server that is restarted, or fails over, ends every connection. What was only read may be read
again; whether anything that was written has been written nobody knows, so it is not sent twice.
"""

from typing import Any

from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from django.db.utils import OperationalError


class ReadAgain(CursorWrapper):
    """Django's cursor over the driver's, for `foundation.base.postgresql`."""

    def _execute(self, sql: str, params: Any, *wrapped: Any) -> Any:
        try:
            return super()._execute(sql, params, *wrapped)  # type: ignore[misc]
        except OperationalError as error:
            if not (sql.startswith("SELECT") and self.db.may_ask_anew(error)):
                raise
        self.db.close()
        self.db.ensure_connection()
        self.cursor = self.db.create_cursor()
        return super()._execute(sql, params, *wrapped)  # type: ignore[misc]


class DebugReadAgain(ReadAgain, CursorDebugWrapper):
    """The same where statements are noted."""
