"""Statements that Django's ORM compiles once and that run with other values each time.

Composing a joined query costs the ORM ten times what running it costs. The query stays written in
the ORM's own terms; its SQL and the conversion of its columns are kept per thread, because they
belong to the thread's connection.
"""

import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models.sql import UpdateQuery

from foundation.base.prepared.rows import Columns, PreparedRow
from foundation.base.prepared.running import Sql, read, this_connection, write

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

    sql: Sql
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]
    """(place in `parameters`, index of the value)."""
    columns: Columns
    composed: str
    """The SQL with a `%s` for each value."""

    def filled(self, values: Sequence[Value]) -> list[Any]:
        """Return the parameters with the values in their places."""
        this, parameters = self.columns.connection, list(self.parameters)
        for place, number in self.places:
            parameters[place] = as_parameter(values[number], this)
        return parameters


class _Prepared(threading.local):
    compiled: Compiled | None = None


class PreparedStatement:
    """Base: `build` makes the query from one value per type in `types`."""

    def __init__(self, types: Sequence[type], build: Callable[..., Any]) -> None:
        self._samples = [SAMPLES[kind](number) for number, kind in enumerate(types)]
        self._build = build
        self._prepared = _Prepared()

    def part(self, *values: Value) -> tuple[str, list[Any]]:
        """Return it as the ORM composes it, with its values, to be a part of another statement."""
        compiled = self._compiled()
        return compiled.composed, compiled.filled(values)

    def _compiled(self) -> Compiled:
        """Return the statement for this thread's connection, which is in its columns."""
        this, compiled = this_connection(), self._prepared.compiled
        if compiled is None or compiled.columns.connection is not this:
            compiled = self._prepared.compiled = self._compile(this)
        return compiled

    def _compile(self, this: Any) -> Compiled:
        query, names = self._query()
        compiler = query.get_compiler(connection=this)
        sql, given = compiler.as_sql()
        samples = [as_parameter(sample, this) for sample in self._samples]
        places = tuple(
            (place, samples.index(parameter))
            for place, parameter in enumerate(given)
            if parameter in samples
        )
        if {number for _, number in places} != set(range(len(samples))):
            raise RuntimeError(f"a value is not in the statement: {sql}")
        columns = self._reader(compiler, names)
        forms = Sql.of(sql, len(given), this.vendor)
        return Compiled(forms, tuple(given), places, columns, sql)

    def _reader(self, compiler: Any, names: tuple[str, ...]) -> Columns:
        return Columns.of(compiler, names)

    def _query(self) -> tuple[Any, tuple[str, ...]]:
        raise TypeError("use PreparedValues or PreparedUpdate")


class PreparedValues(PreparedStatement):
    """A `.values()` query."""

    def rows(self, *values: Value) -> list[PreparedRow]:
        """Run it and return its rows. One statement."""
        compiled = self._compiled()
        found = read(compiled.sql, compiled.filled(values))
        return [PreparedRow(compiled.columns, row) for row in found]

    def _query(self) -> tuple[Any, tuple[str, ...]]:
        queryset: QuerySet[Any] = self._build(*self._samples)
        return queryset.query, tuple(queryset.query.selected or ())


class PreparedUpdate(PreparedStatement):
    """A conditional UPDATE: `build` returns the queryset and the columns to set."""

    def changes(self, *values: Value) -> int:
        """Run it and return how many rows it changed. One statement."""
        compiled = self._compiled()
        return write(compiled.sql, compiled.filled(values))

    def _query(self) -> tuple[Any, tuple[str, ...]]:
        queryset, columns = self._build(*self._samples)
        query = queryset.query.chain(UpdateQuery)
        query.add_update_values(columns)
        return query, ()


def as_parameter(value: Value, this: Any) -> Any:
    """Return a value as the driver of this connection takes it."""
    if isinstance(value, datetime):
        return this.ops.adapt_datetimefield_value(value)
    if isinstance(value, uuid.UUID) and not this.features.has_native_uuid_field:
        return value.hex
    return value
