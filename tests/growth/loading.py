"""Many rows at once on PostgreSQL: made by the server, without triggers, indexed afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from django.db.models import Model

AT_ONCE = 1_000_000
"""Rows of one statement."""


def insert(model: type[Model], count: int, *, after: int = 0, **columns: str) -> None:
    """Make so many rows, each from its number, which is `n` in every expression, from 1 on.

    `after` says how many are there already, for keys that are numbers.

    `columns` are SQL expressions by column. A column that is not among them gets the default of
    its field, so one that is added to a model later needs no word here.
    """
    options, said, given = model._meta, [], []
    for field in options.concrete_fields:
        if field.column in columns:
            said.append(columns[field.column])
        elif isinstance(field, models.AutoField):
            said.append(f"n + {after}")
        else:
            said.append(f"CAST(%s AS {field.db_type(connection)})")
            given.append(field.get_db_prep_save(_default(field), connection))
    names = ", ".join(f'"{field.column}"' for field in options.concrete_fields)
    unknown = columns.keys() - {field.column for field in options.concrete_fields}
    assert not unknown, f"{options.label} has no {unknown}"
    with connection.cursor() as cursor:
        for start in range(1, count + 1, AT_ONCE):
            until = min(start + AT_ONCE - 1, count)
            cursor.execute(
                f'INSERT INTO "{options.db_table}" ({names}) '
                f"SELECT {', '.join(said)} FROM generate_series({start}, {until}) AS n",
                given,
            )


@contextmanager
def bare(*loaded: type[Model]) -> Iterator[None]:
    """Let tables be filled: no trigger fires, and indexes that nothing refers to are made after.

    Then the sequences go on behind the rows, and the planner knows of them.
    """
    tables = [model._meta.db_table for model in loaded]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(INDEXES, [tables])
        taken = cursor.fetchall()
        for name, constraint, table, _definition in taken:
            cursor.execute(
                f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"'
                if constraint
                else f'DROP INDEX "{name}"'
            )
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for name, constraint, table, definition in taken:
            cursor.execute(
                f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}'
                if constraint
                else definition
            )
        cursor.execute("SET session_replication_role = DEFAULT")
        for table in tables:
            cursor.execute(SEQUENCE, {"table": table})
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)")


INDEXES = """
SELECT index.relname, con.conname IS NOT NULL, named.relname,
       CASE WHEN con.conname IS NOT NULL THEN pg_get_constraintdef(con.oid)
            ELSE replace(pg_get_indexdef(index.oid), ' ON ONLY ', ' ON ') END
FROM pg_index i
JOIN pg_class index ON index.oid = i.indexrelid
JOIN pg_class named ON named.oid = i.indrelid
LEFT JOIN pg_constraint con ON con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x')
WHERE named.relname = ANY(%s)
  AND NOT EXISTS (
      SELECT FROM pg_constraint other WHERE other.contype = 'f' AND other.conindid = i.indexrelid
  )
ORDER BY named.relname, index.relname
"""
SEQUENCE = """
SELECT setval(pg_get_serial_sequence(%(table)s, 'id'),
              (xpath('/row/max/text()', query_to_xml('SELECT coalesce(max(id), 1) AS max FROM '
               || quote_ident(%(table)s), false, true, '')))[1]::text::bigint)
WHERE EXISTS (SELECT FROM information_schema.columns
              WHERE table_name = %(table)s AND column_name = 'id' AND is_identity = 'YES')
"""


def _default(field: "models.Field[Any, Any]") -> Any:
    if isinstance(field, models.DateTimeField) and not field.null:
        raise AssertionError(f"{field} needs an expression")
    return field.get_default()
