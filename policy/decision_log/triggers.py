"""Triggers that refuse to change the decision log, and to remove what is not old enough.

Like those of the history they are put in place after every `migrate`: on SQLite, Django changes a
table by making it anew, and the triggers of the old one are gone without a word.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

DECISIONS, NAMES = "policy_loggeddecision", "policy_loggedname"
SAID = "The decision log is never changed"

_SQLITE_NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
_POSTGRESQL_NOW = "statement_timestamp()"


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every trigger in place, in its newest form, where the tables exist."""
    if not {DECISIONS, NAMES} <= set(connection.introspection.table_names()):
        return
    remove(connection)
    with connection.cursor() as cursor:
        for statement in _STATEMENTS[connection.vendor]:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop every trigger."""
    with connection.cursor() as cursor:
        for table in (DECISIONS, NAMES):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            for what in ("update", "delete", "insert", "truncate"):
                cursor.execute(f"DROP TRIGGER IF EXISTS log_{table}__{what}{on}")


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


def _is_old(table: str, now: str) -> str:
    """Return SQL for whether the row that is deleted was kept long enough."""
    if table == DECISIONS:
        return f"OLD.kept_until <= {now}"
    decision = "SELECT 1 FROM policy_loggeddecision WHERE id = OLD.decision_id"
    return f"NOT EXISTS ({decision} AND kept_until > {now})"


def _trigger(table: str, what: str, body: str, *, each: str = "ROW") -> str:
    name = f"log_{table}__{what}"
    return f"CREATE TRIGGER {name} BEFORE {what.upper()} ON {table} FOR EACH {each} {body}"


def _on_sqlite(table: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
    # REPLACE removes a row without asking the trigger about that: it must not come to it.
    is_taken = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608
    return [
        _trigger(table, "update", refuse),
        _trigger(table, "delete", f"WHEN NOT ({_is_old(table, _SQLITE_NOW)}) {refuse}"),
        _trigger(table, "insert", f"WHEN {is_taken} BEGIN SELECT RAISE(IGNORE); END"),
    ]


def _on_postgresql(table: str) -> list[str]:
    refuse = f"RAISE EXCEPTION '{SAID}' USING ERRCODE = 'restrict_violation';"
    is_old = f"IF {_is_old(table, _POSTGRESQL_NOW)} THEN RETURN OLD; END IF;"
    run = f"EXECUTE FUNCTION log_{table}"
    return [
        _function(f"log_{table}_refuse", refuse),
        _function(f"log_{table}_only_old", f"{is_old} {refuse}"),
        _trigger(table, "update", f"{run}_refuse()"),
        _trigger(table, "delete", f"{run}_only_old()"),
        _trigger(table, "truncate", f"{run}_refuse()", each="STATEMENT"),
    ]


def _function(name: str, body: str) -> str:
    returns = "RETURNS trigger LANGUAGE plpgsql"
    return f"CREATE OR REPLACE FUNCTION {name}() {returns} AS $$ BEGIN {body} END $$"


_STATEMENTS = {
    "sqlite": [*_on_sqlite(DECISIONS), *_on_sqlite(NAMES)],
    "postgresql": [*_on_postgresql(DECISIONS), *_on_postgresql(NAMES)],
}
