"""The embedded database: DuckDB in a file, opened for reading only."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from scopeward_guard import SqlFailedError, SqlRows
from warehouse.data import fill
from warehouse.store import STATEMENT_SECONDS, bounded

LOCKED = {
    # The last words to a database that answers strangers: no files, no network, no way back.
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "'256MB'",
    "threads": "2",
    "lock_configuration": "true",
}


class DuckdbStore:
    """One file, read only. It is made on the first start, whole or not at all."""

    dialect = "duckdb"

    def __init__(self, path: Path) -> None:
        if not path.exists():
            _make(path)
        self._database = duckdb.connect(str(path), read_only=True)
        for name, value in LOCKED.items():
            self._database.execute(f"SET {name} = {value}")

    def run(self, statement: str, parameters: Mapping[str, Any], max_rows: int) -> SqlRows:
        """Run a statement; `$name` in it is a parameter. Raises `SqlFailedError`."""
        cursor = self._database.cursor()
        stopper = threading.Timer(STATEMENT_SECONDS, cursor.interrupt)
        stopper.start()
        try:
            cursor.execute(statement, dict(parameters))
            columns = tuple(column[0] for column in cursor.description or ())
            return SqlRows(columns, bounded(cursor.fetchmany(max_rows)))
        except duckdb.InterruptException as error:
            raise SqlFailedError(f"It took more than {STATEMENT_SECONDS} seconds.") from error
        except duckdb.Error as error:
            raise SqlFailedError("The database could not run it.") from error
        finally:
            stopper.cancel()
            cursor.close()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.new")
    unfinished.unlink(missing_ok=True)
    with duckdb.connect(str(unfinished)) as connection:
        fill(connection)
        connection.execute("CHECKPOINT")
    unfinished.replace(path)
