"""Running a statement that is composed, on the driver's own connection.

Django makes a cursor for every statement, and the driver finds out each time how its values are
sent and its columns are read: for a short statement that is most of its cost. Here the driver's
cursor is kept with its connection, and the SQL is in the driver's own form. What Django knows of a
connection holds as well: transactions, deadlines, what errors are called. Where statements are
noted or stood in for (`execute_wrapper`, `DEBUG`, tests that count) it goes through Django's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sql:
    """One statement in both forms."""

    django: str
    """Its values have names, `%(p0)s`: Django's backend for SQLite counts nameless ones."""
    driver: str
    """Its values have places: `$1` for psycopg, `?` for sqlite3."""

    @classmethod
    def of(cls, composed: str, values: "int | Sequence[int]", vendor: str) -> "Sql":
        """Take what the ORM has composed, with a `%s` for each of its values.

        `values` says how many there are, or which value goes into each place: one may be in many.
        """
        numbers = range(values) if isinstance(values, int) else values
        # Once the places are filled, `%%` is one `%`, which means something to Django alone.
        named = composed.replace("%%", "%%%%") % tuple(f"%(p{n})s" for n in numbers)
        mark = "$%d" if vendor == "postgresql" else "?%d"
        return cls(named, composed % tuple(mark % (n + 1) for n in numbers))


def read(sql: Sql, values: Sequence[Any]) -> list[Any]:
    """Run a SELECT and return its rows. One statement; once more if the connection was lost."""
    this = this_connection()
    try:
        return _run(this, sql, values, _rows)
    except OperationalError as error:
        if this.vendor != "postgresql" or not this.may_ask_anew(error):
            raise
    this.close()
    return _run(this, sql, values, _rows)


def write(sql: Sql, values: Sequence[Any]) -> int:
    """Run anything else and return how many rows it has changed. One statement, never twice."""
    return _run(this_connection(), sql, values, _count)


def written(sql: Sql, values: Sequence[Any]) -> list[Any]:
    """Run what changes rows and return what it returns of them. One statement, never twice."""
    return _run(this_connection(), sql, values, _rows)


def this_connection() -> Any:
    """Return this thread's connection itself; `django.db.connection` stands in for all threads'."""
    return connections[DEFAULT_DB_ALIAS]


def _rows(cursor: Any) -> list[Any]:
    found: list[Any] = cursor.fetchall()
    return found


def _count(cursor: Any) -> int:
    return int(cursor.rowcount)


def _run(this: Any, sql: Sql, values: Sequence[Any], answer: Callable[[Any], T]) -> T:
    if this.execute_wrappers or this.queries_logged:
        with this.cursor() as cursor:
            cursor.execute(sql.django, {f"p{n}": value for n, value in enumerate(values)})
            return answer(cursor)
    this.close_if_health_check_failed()
    if this.connection is None:
        this.ensure_connection()
    if this.needs_rollback:
        this.validate_no_broken_transaction()
    with this.wrap_database_errors:
        if this.vendor == "postgresql":
            cursor = this.connection.kept_cursor(sql.driver)
            cursor.execute(sql.driver, values)
        else:
            cursor = this.connection.execute(sql.driver, values)
        return answer(cursor)
