"""Triggers on PostgreSQL and on SQLite: put in place, found changed, done without.

Whoever owns the database can drop, gut or join them; `flaws` names what is not as it was installed,
and what was changed is found by itself. They are put in place after every `migrate`: on SQLite,
Django changes a table by making it anew, and the triggers of the old one are gone without a word.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db.backends.base.base import BaseDatabaseWrapper

from foundation.journal.triggers.installed import make_function, other_ways, triggers_on


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
        found = {there.name: there for there in triggers_on(connection, self.tables)}
        new = existing.intersection(self.tables) - {there.table for there in found.values()}
        for name, statement in self.statements[connection.vendor].items():
            there = found.get(name)
            if table_of(statement) not in existing:
                continue
            if there and there.is_enabled and there.is_as(statement, self.functions):
                continue
            with connection.cursor() as cursor:
                if there:
                    cursor.execute(_drop(connection, name, there.table))
                cursor.execute(statement)
        return frozenset(new)

    def remove(self, connection: BaseDatabaseWrapper) -> None:
        """Drop every one of these triggers."""
        for there in triggers_on(connection, self.tables):
            if there.name in self.statements[connection.vendor]:
                with connection.cursor() as cursor:
                    cursor.execute(_drop(connection, there.name, there.table))

    def flaws(self, connection: BaseDatabaseWrapper) -> Iterator[str]:
        """Yield a sentence for each that is missing or changed, and for each that is not ours."""
        found = {there.name: there for there in triggers_on(connection, self.tables)}
        for name, statement in sorted(self.statements[connection.vendor].items()):
            there = found.pop(name, None)
            if there is None or not there.is_enabled:
                yield f"The trigger {name} is missing: {self.without}."
            elif not there.is_as(statement, self.functions):
                yield f"The trigger {name} is not as it was installed: {self.without}."
        for there in found.values():
            yield f"The trigger {there.name} on {there.table} is not one of ours."
        yield from other_ways(connection, self.tables)


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
    """Put all of them in place; return the tables that had none."""
    return frozenset().union(*(triggers.install(connection) for triggers in watched))


def flaws(connection: BaseDatabaseWrapper) -> list[str]:
    """Return what is wrong with the triggers that the history rests on."""
    return [flaw for triggers in watched for flaw in triggers.flaws(connection)]


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


def _drop(connection: BaseDatabaseWrapper, name: str, table: str) -> str:
    return f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else "")
