"""A table that Django has just created becomes a partitioned one; for migrations.

Django's models know nothing of it: they believe in their primary key. In the database each key
contains the time too, since PostgreSQL keeps a row unique within its partition only. So whoever
writes has to see to it that no key comes twice.
"""

from typing import Any

CONSTRAINTS = """
SELECT conname, CASE contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END,
       ARRAY(SELECT attname FROM unnest(conkey) WITH ORDINALITY AS key(number, place)
             JOIN pg_attribute ON attrelid = conrelid AND attnum = key.number ORDER BY place)
FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('p', 'u') ORDER BY conname
"""
INDEXES = """
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %s::regclass
AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
IDENTITIES = """
SELECT attname, pg_get_serial_sequence(attrelid::regclass::text, attname) FROM pg_attribute
WHERE attrelid = %s::regclass AND attidentity <> ''
"""


def partition(editor: Any, table: str, by: str) -> None:
    """Have an empty table partitioned by the time `by`, with a partition for what has no other.

    Indexes that are made later in the same migration are made on all partitions.
    """
    if editor.connection.vendor != "postgresql":
        return
    quoted = editor.quote_name
    whole, new = quoted(table), quoted(f"{table}_new")
    with editor.connection.cursor() as cursor:
        cursor.execute(CONSTRAINTS, [table])
        constraints = cursor.fetchall()
        cursor.execute(INDEXES, [table])
        indexes = [definition for (definition,) in cursor.fetchall()]
        cursor.execute(
            f"CREATE TABLE {new} (LIKE {whole} INCLUDING CONSTRAINTS INCLUDING DEFAULTS"
            f" INCLUDING IDENTITY INCLUDING STORAGE) PARTITION BY RANGE ({quoted(by)})"
        )
        cursor.execute(f"DROP TABLE {whole}")
        cursor.execute(f"ALTER TABLE {new} RENAME TO {whole}")
        cursor.execute(IDENTITIES, [table])
        for column, sequence in cursor.fetchall():
            cursor.execute(f"ALTER SEQUENCE {sequence} RENAME TO {quoted(f'{table}_{column}_seq')}")
        for name, kind, columns in constraints:
            key = ", ".join(map(quoted, dict.fromkeys([*columns, by])))
            cursor.execute(f"ALTER TABLE {whole} ADD CONSTRAINT {quoted(name)} {kind} ({key})")
        for definition in indexes:
            cursor.execute(definition)
        default = quoted(f"{table}_default")
        cursor.execute(f"CREATE TABLE {default} PARTITION OF {whole} DEFAULT")
