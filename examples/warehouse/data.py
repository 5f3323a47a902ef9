"""Filling an empty DuckDB database with the demo's data, the same on every machine."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from warehouse.catalogue import TABLES

ROWS = Path(__file__).with_name("rows.sql")


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every table of the catalogue, and its rows."""
    for name, columns in TABLES.items():
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name.partition('.')[0]}")
        connection.execute(f"CREATE TABLE {name} ({definition(columns)})")
    connection.execute(ROWS.read_text("utf-8"))


def definition(columns: Mapping[str, tuple[str, str]]) -> str:
    """Return the columns of a CREATE TABLE, in words that both databases understand."""
    return ", ".join(f"{name} {kind}" for name, (kind, _label) in columns.items())
