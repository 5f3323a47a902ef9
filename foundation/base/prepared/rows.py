"""Rows of a prepared statement, whose columns are converted when somebody reads them.

A family is read with everything that any endpoint may want of it. Most want little, and on SQLite
a date costs as much as a dozen columns that are left as they are; JSON does on both databases.
"""

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from dataclasses import dataclass
from typing import Any

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each column of a statement stands, and how the ORM reads it from this connection."""

    connection: Any
    names: tuple[str, ...]
    converted: Mapping[str, tuple[int, tuple[Convert, ...]]]
    """Those that are not what the driver gives: `{name: (place, what converts it, in order)}`."""

    @classmethod
    def of(cls, compiler: Any, names: Sequence[str]) -> "Columns":
        """Return the columns of a compiled query, in the order of `names`; none without names."""
        selected = [column[0] for column in compiler.select or ()] if names else []
        converters = compiler.get_converters(selected)
        connection = compiler.connection
        converted = {
            names[place]: (place, _bound(functions, expression, connection))
            for place, (functions, expression) in converters.items()
        }
        return cls(connection, tuple(names), converted)


class PreparedRow(dict[str, Any]):
    """One row by the names of its columns; a value that can change is another one at each read.

    What needs no conversion is in the dictionary, what needs one is made by `__missing__`.
    """

    __slots__ = ("_columns", "_values")

    def __init__(self, columns: Columns, values: Sequence[Any]) -> None:
        super().__init__(zip(columns.names, values, strict=False))
        for name in columns.converted:
            del self[name]
        self._columns, self._values = columns, values

    def __missing__(self, name: str) -> Any:
        """Return a column as the ORM would. Raises KeyError for what is none."""
        place, converters = self._columns.converted[name]
        value = self._values[place]
        for convert in converters:
            value = convert(value)
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._columns.names

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns.names)

    def __len__(self) -> int:
        return len(self._columns.names)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a column, or what stands in for one that there is not."""
        try:
            return self[name]
        except KeyError:
            return default

    def keys(self) -> KeysView[str]:  # type: ignore[override]
        """Return the names of all columns."""
        return KeysView(self)

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        """Return all columns by their names."""
        return ItemsView(self)

    def values(self) -> ValuesView[Any]:  # type: ignore[override]
        """Return all columns, converted."""
        return ValuesView(self)


def _bound(
    functions: Sequence[Callable[..., Any]], expression: Any, connection: Any
) -> tuple[Convert, ...]:
    """Return converters of the ORM as functions of the value alone."""

    def bound(function: Callable[..., Any]) -> Convert:
        return lambda value: function(value, expression, connection)

    return tuple(bound(function) for function in functions)
