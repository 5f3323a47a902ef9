"""One declaration for each table that is partitioned by time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from foundation.base.partitions import bodies
from foundation.base.partitions.functions import Function, changed
from foundation.base.partitions.reading import partitions_of

STRAYS = """
SELECT relname FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'f')
      AND relname ~ ('^' || %s || '_([0-9]{8}|default)$') AND NOT relname = ANY(%s)
"""
STRANGERS = """
SELECT part.relname FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid
WHERE inhparent = to_regclass(%s)
      AND (part.relkind <> 'r' OR part.relnamespace <> current_schema()::regnamespace
           OR part.relname !~ ('^' || %s || '_([0-9]{8}|default)$'))
"""


@dataclass(frozen=True)
class Partitioned:
    """A table in partitions, and those that are partitioned alike: theirs come and go with its."""

    table: str
    needed: str
    """SQL over a row of `table`: while it is true of one, the partition stays. Or a whole SELECT,
    in which the partition is called `%1$s`: while it is true, the partition stays."""
    along: tuple[str, ...] = ()
    every: Literal["week", "month"] = "week"
    """How much time one partition has; weeks begin on Monday, in UTC."""
    ahead: int = 2
    """How many there are for the time to come."""
    by_type: str = "timestamptz"
    """What the column is that they are partitioned by."""
    bound: str = "{moment}"
    """SQL for the first value that this column may have at a moment."""
    is_dropped_by_the_provider: bool = True
    """Otherwise only the owner of the tables may drop."""

    @property
    def tables(self) -> tuple[str, ...]:
        """The table, and those along with it."""
        return (self.table, *self.along)

    @property
    def making(self) -> Function:
        """The function that makes partitions ahead."""
        name = f"partitions_make_{self.table}"
        return bodies.making(name, self.tables, self.every, self.ahead, self.bound)

    @property
    def dropping(self) -> Function:
        """The function that drops partitions."""
        name = f"partitions_drop_{self.table}"
        return bodies.dropping(name, self.tables, self._look, self._is_over)

    @property
    def _is_over(self) -> str:
        return bodies.over(self.by_type, self.bound)

    @property
    def _look(self) -> str:
        """SQL that says of a partition, `%1$s`, whether it is needed."""
        if self.needed.startswith("SELECT "):
            return self.needed
        return f"SELECT EXISTS (SELECT FROM %1$s WHERE {self.needed})"  # noqa: S608 - constants

    @property
    def granted(self) -> list[Function]:
        """The functions that the provider's role may call."""
        return [self.making, *([self.dropping] if self.is_dropped_by_the_provider else [])]

    def install(self, connection: Any) -> None:
        """Put the functions in place."""
        if connection.vendor != "postgresql":
            return
        for function in changed(connection, self._functions()):
            function.make(connection)

    def make(self, connection: Any) -> int:
        """Make the partitions that are missing for now and the time to come; return how many."""
        return _call(connection, f"SELECT {self.making.name}()")

    def make_for(self, connection: Any, moment: datetime) -> int:
        """Make the partition of another time, as the owner of the tables."""
        start = f"date_trunc('{self.every}', %s::timestamptz, 'UTC')"
        until = f"(({start} AT TIME ZONE 'UTC' + interval '1 {self.every}') AT TIME ZONE 'UTC')"
        moments = f"(SELECT {start} AS first, {until} AS until) AS time"
        sql = f"SELECT {bodies.ADD.name}(%s, {bodies.arguments_of_add(self.bound)}) FROM {moments}"  # noqa: S608
        return _call(connection, sql, list(self.tables), moment, moment)

    def drop(self, connection: Any) -> int:
        """Drop the partitions that are over and of which nothing is needed; return how many."""
        return _call(connection, f"SELECT {self.dropping.name}()")

    def kept(self, connection: Any) -> Iterator[tuple[str, ...]]:
        """Yield the partitions of which something is needed, or that are never dropped.

        Each with those along with it, as `tables`; without partitions these themselves.
        """
        for part, is_over in self._parts(connection):
            suffix = part.removeprefix(self.table)
            if not is_over or self._is_needed(connection, part):
                yield tuple(table + suffix for table in self.tables)

    def _parts(self, connection: Any) -> list[tuple[str, bool]]:
        """Return each partition with whether its time is over."""
        if connection.vendor != "postgresql":
            return [(self.table, False)]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT c.relname, {self._is_over} FROM pg_inherits"  # noqa: S608 - constants
                f" JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = '{self.table}'::regclass"
            )
            return list(cursor.fetchall())

    def _is_needed(self, connection: Any, part: str) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(self._look.replace("%1$s", part))
            return bool(cursor.fetchone()[0])

    def flaws(self, connection: Any) -> Iterator[str]:
        """Yield a sentence for what is not as it was made."""
        if connection.vendor != "postgresql":
            return
        for function in changed(connection, self._functions()):
            yield f"The function {function.name} is not as it was installed."
        parts = partitions_of(connection, self.tables)
        for table in self.tables:
            if f"{table}_default" not in parts.get(table, ()):
                yield f"{table} has no partition for rows that have no other."
            with connection.cursor() as cursor:
                cursor.execute(STRAYS, [table, parts.get(table, [])])
                for (stray,) in cursor.fetchall():
                    yield f"{stray} is no partition of {table} any more: its rows are missing."
                cursor.execute(STRANGERS, [table, table])
                for (stranger,) in cursor.fetchall():
                    yield f"{stranger} is a partition of {table} that is not one of ours."

    def _functions(self) -> list[Function]:
        return [bodies.ADD, self.making, self.dropping]


declared: list[Partitioned] = []
"""All of them; apps that are ready add theirs."""


def _call(connection: Any, sql: str, *values: Any) -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])
