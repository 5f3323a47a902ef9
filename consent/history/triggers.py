"""Triggers that refuse to change the history, on PostgreSQL and on SQLite.

They let through exactly what the history itself does: linking an act once, blanking a personal
part, raising the head, removing rows behind a seal. Whoever owns the database can drop them;
`verify_history` says so, and what was changed.

They are put in place after every `migrate`: on SQLite, Django changes a table by making it anew,
and the triggers of the old one are gone without a word.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from consent.history import triggers_postgresql, triggers_sqlite

SQL = {"postgresql": triggers_postgresql, "sqlite": triggers_sqlite}
TABLES = ("consent_act", "consent_personalpart", "consent_chainhead", "consent_segment")


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger in place, in its newest form, where the tables exist."""
    if not set(TABLES) <= set(connection.introspection.table_names()):
        return
    sql = SQL[connection.vendor]
    present = _present(connection)
    with connection.cursor() as cursor:
        for statement in sql.PREPARATION:
            cursor.execute(statement)
        for name, definition in sql.TRIGGERS.items():
            if name in present and sql.is_current(present[name], definition):
                continue
            if name in present:
                cursor.execute(_drop(connection, name))
            cursor.execute(definition)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop every trigger."""
    with connection.cursor() as cursor:
        for name in _present(connection):
            cursor.execute(_drop(connection, name))


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of the triggers that are gone or disabled."""
    return sorted(SQL[connection.vendor].TRIGGERS.keys() - _present(connection).keys())


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


def _present(connection: BaseDatabaseWrapper) -> dict[str, str]:
    sql = SQL[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql.PRESENT)
        return {name: text for name, text in cursor.fetchall() if name in sql.TRIGGERS}


def _drop(connection: BaseDatabaseWrapper, name: str) -> str:
    table = name.removeprefix("history_").rpartition("__")[0]
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    return f"DROP TRIGGER {name}{on}"
