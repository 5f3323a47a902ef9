"""Triggers that refuse to change the history, on PostgreSQL and on SQLite.

They let through exactly what the history itself does: linking an act once, blanking a personal
part, raising the head, removing rows behind a seal. Whoever owns the database can drop, gut or
join them; `flaws` names what is not as it was installed, and what was changed is found by itself.

They are put in place after every `migrate`: on SQLite, Django changes a table by making it anew,
and the triggers of the old one are gone without a word.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from foundation.journal.triggers import postgresql as triggers_postgresql, sqlite as triggers_sqlite
from foundation.journal.triggers.installed import make_function, other_ways, triggers_on

TABLES = ("journal_act", "journal_personalpart", "journal_chainhead", "journal_segment")


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

    def install(self, connection: BaseDatabaseWrapper) -> None:
        """Put every trigger in place, in its newest form, where the tables exist."""
        if not set(self.tables) <= set(connection.introspection.table_names()):
            return
        if connection.vendor == "postgresql":
            for name, body in self.functions.items():
                make_function(connection, name, body)
        found = {there.name: there for there in triggers_on(connection, self.tables)}
        for name, statement in self.statements[connection.vendor].items():
            there = found.get(name)
            if there and there.is_enabled and there.is_as(statement, self.functions):
                continue
            with connection.cursor() as cursor:
                if there:
                    cursor.execute(_drop(connection, name, there.table))
                cursor.execute(statement)

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


HISTORY = Triggers(
    tables=TABLES,
    statements={
        "postgresql": triggers_postgresql.TRIGGERS,
        "sqlite": triggers_sqlite.TRIGGERS,
    },
    functions=triggers_postgresql.FUNCTIONS,
    without="the database lets the history be changed",
)
watched = [HISTORY]
"""All that `verify_history` looks at; other packages add what the history needs of theirs."""


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers of the history in place."""
    HISTORY.install(connection)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop them."""
    HISTORY.remove(connection)


def flaws(connection: BaseDatabaseWrapper) -> list[str]:
    """Return what is wrong with the triggers that the history rests on."""
    return [flaw for triggers in watched for flaw in triggers.flaws(connection)]


@contextmanager
def removed(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Do without them for a moment: for test suites that empty all tables."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def after_migrate(using: str, **kwargs: Any) -> None:  # noqa: ARG001
    """Install them; a receiver of `post_migrate`."""
    from django.db import connections

    install(connections[using])


def _drop(connection: BaseDatabaseWrapper, name: str, table: str) -> str:
    return f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else "")
