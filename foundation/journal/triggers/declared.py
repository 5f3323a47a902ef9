"""Triggers on PostgreSQL and on SQLite: put in place, found changed, done without.

Whoever owns the database can drop, gut or join them; `flaws` names what is not as it was installed,
and what was changed is found by itself. They are put in place after every `migrate`: on SQLite,
Django changes a table by making it anew, and the triggers of the old one are gone without a word.

A partition has the triggers of its table: those for each row by itself, as clones that cannot be
dropped, those for each statement since it was made. Both are looked for on each of them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db.backends.base.base import BaseDatabaseWrapper

from foundation.base.partitions import table as partitioned
from foundation.base.partitions.reading import partitions_of
from foundation.journal.triggers.installed import (
    InstalledTrigger,
    make_function,
    other_ways,
    triggers_on,
)


@dataclass(frozen=True)
class Triggers:
    """Triggers that belong together, and the tables on which nobody else's may be."""

    tables: tuple[str, ...]
    statements: Mapping[str, Mapping[str, str]]
    """`{vendor: {name: CREATE TRIGGER}}`, on PostgreSQL as `pg_get_triggerdef` writes it."""
    functions: Mapping[str, str] = field(default_factory=dict)
    """`{name: body}`, of PostgreSQL."""
    without: str = ""
    """What is so without them."""
    refuses: bool = True
    """Whether they refuse anything; others only write down."""

    def install(self, connection: BaseDatabaseWrapper) -> frozenset[str]:
        """Put every trigger in place, in its newest form, where its table exists.

        Return the tables that had none of them.
        """
        existing = set(connection.introspection.table_names())
        if not existing.intersection(self.tables):
            return frozenset()
        if connection.vendor == "postgresql":
            for name, body in self.functions.items():
                make_function(connection, name, body)
        found = {(there.table, there.name): there for there in self._found(connection)}
        new = existing.intersection(self.tables) - {table for table, _ in found}
        made = set[str]()
        for (table, name), statement in self.expected(connection).items():
            there = found.get((table, name))
            if table in self.tables and table not in existing:
                continue
            if there and there.is_enabled and there.is_as(statement, self.functions):
                continue
            if name in made and " FOR EACH ROW " in statement:
                continue  # Its clones came along.
            made.add(name)
            _put(connection, table, name, statement, there)
        return frozenset(new)

    def remove(self, connection: BaseDatabaseWrapper) -> None:
        """Drop every one of these triggers."""
        for there in self._found(connection):
            if there.name in self.statements[connection.vendor] and not there.is_clone:
                with connection.cursor() as cursor:
                    cursor.execute(_drop(connection, there.name, there.table))

    def flaws(self, connection: BaseDatabaseWrapper) -> Iterator[str]:
        """Yield a sentence for each that is missing or changed, and for each that is not ours."""
        found = {(there.table, there.name): there for there in self._found(connection)}
        for (table, name), statement in sorted(self.expected(connection).items()):
            there = found.pop((table, name), None)
            told = name if table in self.tables else f"{name} on {table}"
            if there is None or not there.is_enabled:
                yield f"The trigger {told} is missing: {self.without}."
            elif not there.is_as(statement, self.functions):
                yield f"The trigger {told} is not as it was installed: {self.without}."
        for there in found.values():
            yield f"The trigger {there.name} on {there.table} is not one of ours."
        yield from other_ways(connection, self._with_partitions(connection))

    def expected(self, connection: BaseDatabaseWrapper) -> dict[tuple[str, str], str]:
        """Return every statement by table and name, those of a table before its partitions'."""
        parts = partitions_of(connection, self.tables)
        expected = {}
        for name, statement in self.statements[connection.vendor].items():
            table = table_of(statement)
            expected[table, name] = statement
            for part in parts.get(table, ()):
                expected[part, name] = statement.replace(f" ON {table} ", f" ON {part} ", 1)
        return expected

    def _found(self, connection: BaseDatabaseWrapper) -> list[InstalledTrigger]:
        return triggers_on(connection, self._with_partitions(connection))

    def _with_partitions(self, connection: BaseDatabaseWrapper) -> list[str]:
        parts = partitions_of(connection, self.tables)
        return [*self.tables, *(part for found in parts.values() for part in found)]


def together(*parts: Triggers, without: str = "") -> Triggers:
    """Return the triggers of several declarations as one."""
    vendors = ("postgresql", "sqlite")
    return Triggers(
        tables=tuple(table for part in parts for table in part.tables),
        statements={
            vendor: {n: s for part in parts for n, s in part.statements[vendor].items()}
            for vendor in vendors
        },
        functions={name: body for part in parts for name, body in part.functions.items()},
        without=without or "; ".join(dict.fromkeys(part.without for part in parts)),
        refuses=any(part.refuses for part in parts),
    )


watched: list[Triggers] = []
"""All that is installed, and that `verify_history` looks at; apps that are ready add theirs."""


def install(connection: BaseDatabaseWrapper) -> frozenset[str]:
    """Put all of them in place, and partitions for the time to come; return tables without any."""
    for table in partitioned.declared:
        table.install(connection)
    new = frozenset[str]().union(*(triggers.install(connection) for triggers in watched))
    for table in partitioned.declared:
        table.make(connection)
    return new


def flaws(connection: BaseDatabaseWrapper) -> list[str]:
    """Return what is wrong with the triggers that the history rests on."""
    of_triggers = (flaw for triggers in watched for flaw in triggers.flaws(connection))
    of_tables = (flaw for table in partitioned.declared for flaw in table.flaws(connection))
    return [*of_triggers, *of_tables]


@contextmanager
def removed(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Do without those that refuse for a moment: for test suites that empty all tables."""
    refusing = [triggers for triggers in watched if triggers.refuses]
    for triggers in refusing:
        triggers.remove(connection)
    try:
        yield
    finally:
        for triggers in refusing:
            triggers.install(connection)


def table_of(statement: str) -> str:
    """Return the table that a trigger is on."""
    return statement.partition(" ON ")[2].split()[0]


def _put(
    connection: BaseDatabaseWrapper,
    table: str,
    name: str,
    statement: str,
    there: InstalledTrigger | None,
) -> None:
    with connection.cursor() as cursor:
        if there and there.is_clone:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {name}")
            return
        if there:
            cursor.execute(_drop(connection, name, table))
        cursor.execute(statement)


def _drop(connection: BaseDatabaseWrapper, name: str, table: str) -> str:
    return f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else "")
