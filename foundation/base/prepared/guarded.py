"""Two rows that belong together, written only if what they rest on still is as it was read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Field, ForeignKey, Model

from foundation.base.prepared.running import Sql, this_connection, write, written
from foundation.base.prepared.statements import PreparedValues, Value

if TYPE_CHECKING:
    from django.db.models import QuerySet

_TEXTS = frozenset({"CharField", "TextField"})
AS_IS = {
    "sqlite": _TEXTS,
    "postgresql": _TEXTS | {"UUIDField", "DateTimeField", "IntegerField", "BigAutoField"},
}
"""Kinds of columns whose values the driver of a database takes as they are."""


def _kind(field: "Field[Any, Any]") -> str:
    """Return the kind of what a column holds; one that points holds a key."""
    held: Field[Any, Any] = field.target_field if isinstance(field, ForeignKey) else field
    return held.get_internal_type()


@dataclass(frozen=True)
class WrittenRow:
    """A row of `model`: which value goes into which column, `{column: name of the value}`.

    What the ORM adds when it saves an object (defaults, signals) it does not do.
    """

    model: type[Model]
    columns: Mapping[str, str]

    @cached_property
    def fields(self) -> list[tuple["Field[Any, Any]", str]]:
        """The fields, with the names of their values."""
        meta = self.model._meta  # noqa: SLF001 - Django's documented way to a model's fields
        return [(meta.get_field(column), name) for column, name in self.columns.items()]  # type: ignore[misc]

    def insert(self, *, link: str = "") -> str:
        """Return `INSERT INTO … (columns)`; `link` is a column that is filled last."""
        names = [str(field.column) for field, _ in self.fields] + ([link] if link else [])
        quote = connection.ops.quote_name
        return f"INSERT INTO {quote(self.table)} ({', '.join(map(quote, names))})"

    @property
    def table(self) -> str:
        """The name of the table."""
        return str(self.model._meta.db_table)  # noqa: SLF001

    @property
    def places(self) -> str:
        """The places of the values, as a list of a SELECT."""
        return ", ".join(["%s"] * len(self.columns))


class GuardedInsert:
    """INSERT of a row, and of another that points at it by its column `link`.

    `guard` is a query of rows that have to be there; on PostgreSQL they are locked until the commit
    (`FOR NO KEY UPDATE`), so whoever changes them comes before, and nothing is written, or after.
    There it is one statement; on SQLite, where one writer at a time is let in, it is two.
    """

    def __init__(
        self,
        types: Sequence[type],
        guard: "Callable[..., QuerySet[Any]]",
        *,
        first: WrittenRow,
        second: WrittenRow,
        link: str,
    ) -> None:
        self._guard = PreparedValues(types, lambda *values: guard(*values).values("pk"))
        self._first, self._second, self._link = first, second, link

    def insert(self, read: Sequence[Value], values: Mapping[str, Any]) -> bool:
        """Write both rows, `values` by their names; `read` are the guard's. Say whether it held."""
        guard, held = self._guard.part(*read)
        prepared = self._prepared(values)
        if this_connection().vendor == "postgresql":
            return bool(write(self._at_once(guard, len(held)), [*held, *prepared.values()]))
        first = [prepared[name] for name in self._first.columns.values()]
        second = [prepared[name] for name in self._second.columns.values()]
        with transaction.atomic(savepoint=False):
            found = written(self._first_if(guard), [*first, *held])
            if found:
                write(self._second_after, [*second, *found[0]])
        return bool(found)

    def _prepared(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values as the driver takes them, each once, in the order of `_fields`."""
        this = this_connection()
        return {
            name: values[name] if field is None else field.get_db_prep_save(values[name], this)
            for name, field in self._fields(this.vendor)
        }

    @cache  # noqa: B019 - there are as many as there are modules that make one
    def _fields(self, vendor: str) -> "list[tuple[str, Field[Any, Any] | None]]":
        """Return the names of the values, each with its field unless the driver takes it as is."""
        return [
            (name, None if _kind(field) in AS_IS[vendor] else field)
            for name, field in self._of_values.items()
        ]

    @cached_property
    def _of_values(self) -> "dict[str, Field[Any, Any]]":
        return {name: field for field, name in (*self._first.fields, *self._second.fields)}

    @cache  # noqa: B019
    def _at_once(self, guard: str, held: int) -> Sql:
        """Return the statement for the guard's values, `held` of them, and then those of the rows.

        A value that both rows have is sent once, so its type has to be said: a text as one without
        a length, for a cast to a shorter one would cut it off without an error.
        """
        names = list(self._of_values)
        rows = (*self._first.columns.values(), *self._second.columns.values())
        first, second = (self._typed(row) for row in (self._first, self._second))
        return Sql.of(
            f"WITH held AS ({guard} FOR NO KEY UPDATE),"  # noqa: S608 - nothing in it was sent
            f" first AS ({self._first.insert()} SELECT {first} FROM held"
            f" RETURNING {self._key})"
            f" {self._second.insert(link=self._column)}"
            f" SELECT {second}, {self._key} FROM first",
            [*range(held), *(held + names.index(name) for name in rows)],
            "postgresql",
        )

    def _typed(self, row: WrittenRow) -> str:
        types = (
            "text" if _kind(field) in _TEXTS else field.db_type(connection)
            for field, _ in row.fields
        )
        return ", ".join(f"%s::{each}" for each in types)

    @cache  # noqa: B019
    def _first_if(self, guard: str) -> Sql:
        return self._composed(
            f"{self._first.insert()} SELECT {self._first.places} WHERE EXISTS ({guard})"
            f" RETURNING {self._key}"
        )

    @cached_property
    def _second_after(self) -> Sql:
        inserted = self._second.insert(link=self._column)
        return self._composed(f"{inserted} VALUES ({self._second.places}, %s)")

    def _composed(self, sql: str) -> Sql:
        return Sql.of(sql, sql.count("%s"), connection.vendor)

    @property
    def _key(self) -> str:
        return connection.ops.quote_name(str(self._first.model._meta.pk.column))  # noqa: SLF001

    @property
    def _column(self) -> str:
        return str(self._second.model._meta.get_field(self._link).column)  # type: ignore[union-attr]  # noqa: SLF001
