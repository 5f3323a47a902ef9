"""What partitions there are."""

from collections.abc import Sequence
from typing import Any

PARTITIONS = """
SELECT whole.relname, part.relname
FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid
     JOIN pg_class whole ON whole.oid = inhparent
WHERE whole.relnamespace = current_schema()::regnamespace AND whole.relkind = 'p'
      AND whole.relname = ANY(%s) AND NOT inhdetachpending
ORDER BY part.relname
"""


def partitions_of(connection: Any, tables: Sequence[str]) -> dict[str, list[str]]:
    """Return the partitions of each of these tables that has any, oldest first."""
    found: dict[str, list[str]] = {}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(PARTITIONS, [list(tables)])
            for whole, part in cursor.fetchall():
                found.setdefault(whole, []).append(part)
    return found
