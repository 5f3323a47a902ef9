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
    """SQL over a row of `table`: while it is true of one, the partition stays."""
    along: tuple[str, ...] = ()
    every: Literal["week", "month"] = "week"
    """How much time one partition has; weeks begin on Monday, in UTC."""
    ahead: int = 2
    """How many there are for the time to come."""
    is_dropped_by_the_provider: bool = True
    """Otherwise only the owner of the tables may drop."""

    @property
    def tables(self) -> tuple[str, ...]:
        """The table, and those along with it."""
        return (self.table, *self.along)

    @property
    def making(self) -> Function:
        """The function that makes partitions ahead."""
        return bodies.making(f"partitions_make_{self.table}", self.tables, self.every, self.ahead)

    @property
    def dropping(self) -> Function:
        """The function that drops partitions."""
        return bodies.dropping(f"partitions_drop_{self.table}", self.tables, self.needed)

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
        sql = f"SELECT {bodies.ADD.name}(%s, {start}, {until})"
        return _call(connection, sql, list(self.tables), moment, moment)

    def drop(self, connection: Any) -> int:
        """Drop the partitions that are over and of which nothing is needed; return how many."""
        return _call(connection, f"SELECT {self.dropping.name}()")

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
