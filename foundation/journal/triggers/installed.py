"""What the database says of the triggers on some tables, on PostgreSQL and on SQLite."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foundation.base.partitions.functions import SEARCH_PATH

TRIGGERS = f"""
SELECT t.tgname, c.relname, pg_get_triggerdef(t.oid, true), t.tgenabled IN ('O', 'A'),
       p.proname, p.prosrc, coalesce(l.lanname = 'plpgsql' AND p.pronamespace = c.relnamespace
       AND p.proconfig = ARRAY['search_path=' || {SEARCH_PATH}], false), t.tgparentid <> 0
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang
WHERE (NOT t.tgisinternal OR t.tgparentid <> 0 AND t.tgconstraint = 0)
      AND c.relnamespace = current_schema()::regnamespace
      AND c.relname = ANY(%s)
"""  # noqa: S608 - constants
RULES = """
SELECT r.rulename, c.relname FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(%s)
"""
HIDING = """
SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace
AND relname = ANY(%s) AND (relrowsecurity OR relkind NOT IN ('r', 'p'))
"""


@dataclass(frozen=True)
class InstalledTrigger:
    """One trigger that is there."""

    name: str
    table: str
    statement: str
    """What made it, as the database writes it."""
    is_enabled: bool = True
    function: str = ""
    source: str = ""
    """The body of its function."""
    is_safe: bool = True
    """Whether that function is in our schema, and finds its tables there only."""
    is_clone: bool = False
    """Whether it is a partition's, there because the table that it is of has it."""

    def is_as(self, statement: str, functions: Mapping[str, str]) -> bool:
        """Whether it does what this statement and these functions would have it do."""
        return (
            self.statement == statement
            and self.is_safe
            and (not self.function or functions.get(self.function) == self.source)
        )


def triggers_on(connection: Any, tables: Sequence[str]) -> list[InstalledTrigger]:
    """Return every trigger on these tables, whoever made it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(TRIGGERS, [list(tables)])
            return [InstalledTrigger(*row) for row in cursor.fetchall()]
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        found = ((name, table.lower(), sql) for name, table, sql in cursor.fetchall())
        return [InstalledTrigger(*row) for row in found if row[1] in tables]


def other_ways(connection: Any, tables: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for what else could change or hide rows of these tables unseen."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(RULES, [list(tables)])
        for name, table in cursor.fetchall():
            yield f"The rule {name} on {table} is not one of ours."
        cursor.execute(HIDING, [list(tables)])
        for (table,) in cursor.fetchall():
            yield f"{table} is no plain table any more, or hides rows by row security."


def make_function(connection: Any, name: str, body: str) -> None:
    """Put a trigger function in place."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {SEARCH_PATH}")
        (path,) = cursor.fetchone()
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path = {path} AS $${body}$$"
        )
