"""PostgreSQL, with the database itself as the backstop.

Queries run as a role that may only read the columns of the catalogue, in a READ ONLY transaction
with a `statement_timeout`; what the guard let through by mistake is refused here.
"""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from psycopg import sql

from scopeward_guard import SqlFailedError, SqlRows
from warehouse.catalogue import TABLES
from warehouse.data import definition, fill
from warehouse.store import STATEMENT_SECONDS, bounded

READER = "warehouse_reader"
TOKEN = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | :: | :(?P<name>[A-Za-z_][A-Za-z0-9_]*) | %""", re.VERBOSE
)


class PostgresqlStore:
    """Connects as the owner, fills an empty database once, and reads as `warehouse_reader`."""

    dialect = "postgres"

    def __init__(self, url: str) -> None:
        self._url = url
        with psycopg.connect(url) as connection:
            # Two Warehouses that start together must not both fill it.
            connection.execute("SELECT pg_advisory_xact_lock(722026)")
            if not _is_filled(connection):
                _fill(connection)

    def run(self, statement: str, parameters: Mapping[str, Any], max_rows: int) -> SqlRows:
        """Run a statement; `:name` in it is a parameter. Raises `SqlFailedError`."""
        try:
            with psycopg.connect(self._url) as connection:
                connection.read_only = True
                connection.execute(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
                connection.execute("SET LOCAL search_path = pg_catalog")
                connection.execute(f"SET LOCAL ROLE {READER}")
                cursor = connection.execute(for_driver(statement).encode(), dict(parameters))
                columns = tuple(column.name for column in cursor.description or ())
                return SqlRows(columns, bounded(cursor.fetchmany(max_rows)))
        except psycopg.errors.QueryCanceled as error:
            raise SqlFailedError(f"It took more than {STATEMENT_SECONDS} seconds.") from error
        except psycopg.Error as error:
            raise SqlFailedError("The database could not run it.") from error

    def close(self) -> None:
        """Nothing stays open between two statements."""


def for_driver(statement: str) -> str:
    """Return SQL as `scopeward_guard.sql` wrote it, with parameters as psycopg wants them.

    What it writes has no comments, no dollar quotes and no backslash escapes, so that a colon
    outside quotes is a parameter or half of a cast.
    """

    def written(match: re.Match[str]) -> str:
        name = match["name"]
        return f"%({name})s" if name else match[0].replace("%", "%%")

    return TOKEN.sub(written, statement)


def _is_filled(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("SELECT to_regclass('hr.absences') IS NOT NULL").fetchone()
    return bool(row and row[0])


def _fill(connection: psycopg.Connection[Any]) -> None:
    connection.execute(
        f"DO $$ BEGIN CREATE ROLE {READER} NOLOGIN;"
        " EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    )
    source = duckdb.connect()
    fill(source)
    for name, columns in TABLES.items():
        schema = name.partition(".")[0]
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}".encode())
        connection.execute(f"CREATE TABLE {name} ({definition(columns)})".encode())
        _copy(source, connection, name)
        connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO {READER}".encode())
        names = ", ".join(columns)
        connection.execute(f"GRANT SELECT ({names}) ON {name} TO {READER}".encode())


def _copy(source: duckdb.DuckDBPyConnection, target: psycopg.Connection[Any], name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        source.execute(f"COPY {name} TO '{path}' (FORMAT csv, HEADER false)")
        schema, table = name.split(".")
        command = sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(sql.Identifier(schema, table))
        with target.cursor().copy(command) as copy, path.open("rb") as rows:
            while chunk := rows.read(1 << 16):
                copy.write(chunk)
