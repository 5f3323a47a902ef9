"""Statements that Django's ORM compiles once and that run with other values each time.

Composing a joined query costs the ORM ten times what running it costs. The query stays written in
the ORM's own terms; its SQL and the conversion of its columns are kept per thread, because they
belong to the thread's connection.
"""

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models.sql import UpdateQuery

from foundation.base.prepared.rows import Columns, PreparedRow

if TYPE_CHECKING:
    from django.db.models import QuerySet

Value = str | int | uuid.UUID | datetime
SAMPLES: dict[type, Callable[[int], Value]] = {
    str: lambda number: f"\x02sample {number}",
    int: lambda number: 2**30 + number,
    uuid.UUID: lambda number: uuid.UUID(int=2**90 + number),
    datetime: lambda number: datetime(1901, 1, 1, tzinfo=UTC) + timedelta(days=number),
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """SQL with the places of its values, and how its columns are read."""

    sql: str
    """Its parameters have names: on SQLite Django looks for nameless ones in the text each time."""
    parameters: Mapping[str, Any]
    places: tuple[tuple[str, int], ...]
    """(name in `parameters`, index of the value)."""
    columns: Columns

    def filled(self, values: Sequence[Value]) -> dict[str, Any]:
        """Return the parameters with the values in their places."""
        parameters = dict(self.parameters)
        for name, number in self.places:
            parameters[name] = as_parameter(values[number])
        return parameters


class _Prepared(threading.local):
    compiled: Compiled | None = None


class PreparedStatement:
    """Base: `build` makes the query from one value per type in `types`."""

    def __init__(self, types: Sequence[type], build: Callable[..., Any]) -> None:
        self._samples = [SAMPLES[kind](number) for number, kind in enumerate(types)]
        self._build = build
        self._prepared = _Prepared()

    def _compiled(self) -> Compiled:
        compiled = self._prepared.compiled
        if compiled is None or compiled.columns.connection is not _this_connection():
            compiled = self._prepared.compiled = self._compile()
        return compiled

    def _compile(self) -> Compiled:
        query, names = self._query()
        compiler = query.get_compiler(connection=_this_connection())
        sql, given = compiler.as_sql()
        parameters = {f"p{number}": parameter for number, parameter in enumerate(given)}
        samples = [as_parameter(sample) for sample in self._samples]
        places = tuple(
            (name, samples.index(parameter))
            for name, parameter in parameters.items()
            if parameter in samples
        )
        if {number for _, number in places} != set(range(len(samples))):
            raise RuntimeError(f"a value is not in the statement: {sql}")
        columns = Columns.of(compiler, names)
        return Compiled(_with_names(sql, parameters), parameters, places, columns)

    def _query(self) -> tuple[Any, tuple[str, ...]]:
        raise TypeError("use PreparedValues or PreparedUpdate")


class PreparedValues(PreparedStatement):
    """A `.values()` query."""

    def rows(self, *values: Value) -> list[PreparedRow]:
        """Run it and return its rows. One statement."""
        compiled = self._compiled()
        with connection.cursor() as cursor:
            cursor.execute(compiled.sql, compiled.filled(values))
            return [PreparedRow(compiled.columns, row) for row in cursor.fetchall()]

    def _query(self) -> tuple[Any, tuple[str, ...]]:
        queryset: QuerySet[Any] = self._build(*self._samples)
        return queryset.query, tuple(queryset.query.selected or ())


class PreparedUpdate(PreparedStatement):
    """A conditional UPDATE: `build` returns the queryset and the columns to set."""

    def changes(self, *values: Value) -> int:
        """Run it and return how many rows it changed. One statement."""
        compiled = self._compiled()
        with connection.cursor() as cursor:
            cursor.execute(compiled.sql, compiled.filled(values))
            return int(cursor.rowcount)

    def _query(self) -> tuple[Any, tuple[str, ...]]:
        queryset, columns = self._build(*self._samples)
        query = queryset.query.chain(UpdateQuery)
        query.add_update_values(columns)
        return query, ()


def as_parameter(value: Value) -> Any:
    """Return a value as this database's driver takes it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, uuid.UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value


def _with_names(sql: str, parameters: Mapping[str, Any]) -> str:
    """Return SQL whose `%s` have become `%(name)s`, in their order."""
    return sql.replace("%%", "%%%%") % tuple(f"%({name})s" for name in parameters)


def _this_connection() -> Any:
    """Return this thread's connection itself; the name `connection` is a proxy for all threads'."""
    return connections[DEFAULT_DB_ALIAS]
