"""What the Warehouse needs of a database, and which one it gets."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from scopeward_guard import SqlFailedError, SqlRows

STATEMENT_SECONDS = 10
"""A statement that takes longer is stopped."""

MAX_ANSWER = 4 * 1024 * 1024
"""Characters of an answer, all values written out. A few values can be longer than many rows."""


def bounded(rows: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
    """Return the rows; raises `SqlFailedError` for more than MAX_ANSWER characters."""
    kept, size = [], 0
    for row in rows:
        kept.append(row)
        size += sum(len(value) if isinstance(value, str) else len(str(value)) for value in row)
        if size > MAX_ANSWER:
            raise SqlFailedError(f"The answer is longer than {MAX_ANSWER} characters.")
    return kept


class Store(Protocol):
    """A database that runs one checked statement at a time, and only reads."""

    dialect: str
    """The name `scopeward_guard.sql` knows it by."""

    def run(self, statement: str, parameters: Mapping[str, Any], max_rows: int) -> SqlRows:
        """Run a statement with named parameters; raises `SqlFailedError`."""

    def close(self) -> None:
        """Let go of the database."""


def open_store(url: str, folder: Path) -> Store:
    """Return PostgreSQL at `url` (`postgres://...`), or DuckDB in a folder when there is none."""
    if url:
        from warehouse.postgresql_store import PostgresqlStore

        return PostgresqlStore(url)
    from warehouse.duckdb_store import DuckdbStore

    return DuckdbStore(folder / "warehouse.duckdb")
