"""Functions of PostgreSQL that are ours: put in place in their newest form, or found changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

SEARCH_PATH = "quote_ident(current_schema()) || ', pg_temp'"
"""Of functions: temporary tables last, or anybody could put one in the place of ours."""
SETTINGS = (
    "TimeZone=UTC",
    "DateStyle=iso, ymd",
    "lock_timeout=500ms",
    "default_tablespace=",
    "default_table_access_method=heap",
)
"""What else a caller could set to have one do something else. They wait for a lock for less time
than it takes PostgreSQL to look for a deadlock, so it is never somebody else who is told of one."""
FOUND = f"""
SELECT p.proname, p.prosrc, p.prosecdef, p.proconfig = ARRAY['search_path=' || {SEARCH_PATH}]
       || %s::text[], l.lanname = 'plpgsql', has_function_privilege('public', p.oid, 'EXECUTE')
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace = current_schema()::regnamespace AND p.proname = ANY(%s)
"""  # noqa: S608 - constants


@dataclass(frozen=True)
class Function:
    """A function in PL/pgSQL that nobody may call but its owner, and who was granted it."""

    name: str
    arguments: str
    body: str
    is_definer: bool = False
    """Whether it may do what its owner may, whoever calls it."""

    def make(self, connection: Any) -> None:
        """Put it in place."""
        settings = (setting.partition("=") for setting in SETTINGS)
        said = " ".join(f"SET {name} = {_value(name, value)}" for name, _, value in settings)
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            cursor.execute(f"SELECT {SEARCH_PATH}")
            (path,) = cursor.fetchone()
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {self.name}({self.arguments}) RETURNS integer "
                f"LANGUAGE plpgsql {'SECURITY DEFINER ' if self.is_definer else ''}"
                f"SET search_path = {path} {said} AS $${self.body}$$"
            )
            cursor.execute(f"REVOKE ALL ON FUNCTION {self.name} FROM PUBLIC")


def changed(connection: Any, functions: Sequence[Function]) -> list[Function]:
    """Return those that are missing, or not as they would be made."""
    with connection.cursor() as cursor:
        cursor.execute(FOUND, [list(SETTINGS), [function.name for function in functions]])
        found = {row[0]: tuple(row[1:]) for row in cursor.fetchall()}
    return [
        function
        for function in functions
        if found.get(function.name) != (function.body, function.is_definer, True, True, False)
    ]


def _value(name: str, value: str) -> str:
    return value if name == "DateStyle" else f"'{value}'"
