"""Rows of a prepared statement, whose columns are converted when somebody reads them.

A family is read with everything that any endpoint may want of it. Most want little, and on SQLite
a date costs as much as a dozen columns that are left as they are; JSON does on both databases.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each column of a statement stands, and how the ORM reads it from this connection."""

    connection: Any
    by_name: Mapping[str, tuple[int, tuple[Convert, ...]]]

    @classmethod
    def of(cls, compiler: Any, names: Sequence[str]) -> "Columns":
        """Return the columns of a compiled query, in the order of `names`; none without names."""
        selected = [column[0] for column in compiler.select or ()] if names else []
        converters = compiler.get_converters(selected)
        connection = compiler.connection
        read = {
            place: _bound(functions, expression, connection)
            for place, (functions, expression) in converters.items()
        }
        by_name = {name: (place, read.get(place, ())) for place, name in enumerate(names)}
        return cls(connection, by_name)


class PreparedRow(Mapping[str, Any]):
    """One row by the names of its columns; a value that can change is another one at each read."""

    __slots__ = ("_columns", "_values")

    def __init__(self, columns: Columns, values: Sequence[Any]) -> None:
        self._columns = columns.by_name
        self._values = values

    def __getitem__(self, name: str) -> Any:
        """Return a column as the ORM would."""
        place, converters = self._columns[name]
        value = self._values[place]
        for convert in converters:
            value = convert(value)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def _bound(
    functions: Sequence[Callable[..., Any]], expression: Any, connection: Any
) -> tuple[Convert, ...]:
    """Return converters of the ORM as functions of the value alone."""

    def bound(function: Callable[..., Any]) -> Convert:
        return lambda value: function(value, expression, connection)

    return tuple(bound(function) for function in functions)
