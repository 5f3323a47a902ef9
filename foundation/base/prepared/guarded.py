"""Two rows that belong together, written only if what they rest on still is as it was read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import CharField, Field, Model, TextField

from foundation.base.prepared.running import Sql, this_connection, write, written
from foundation.base.prepared.statements import PreparedValues, Value

if TYPE_CHECKING:
    from django.db.models import QuerySet


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
        first = [prepared[name] for name in self._first.columns.values()]
        second = [prepared[name] for name in self._second.columns.values()]
        if connection.vendor == "postgresql":
            return bool(write(self._at_once(guard), [*held, *first, *second]))
        with transaction.atomic(savepoint=False):
            found = written(self._first_if(guard), [*first, *held])
            if found:
                write(self._second_after, [*second, *found[0]])
        return bool(found)

    def _prepared(self, values: Mapping[str, Any]) -> dict[str, Any]:
        this = this_connection()
        return {
            name: value if is_text else field.get_db_prep_save(value, this)
            for (name, field, is_text) in self._fields
            for value in (values[name],)
        }

    @cached_property
    def _fields(self) -> list[tuple[str, "Field[Any, Any]", bool]]:
        """The fields by the names of their values; a text goes to the database as it is."""
        fields = {name: field for field, name in (*self._first.fields, *self._second.fields)}
        texts = {CharField, TextField}
        return [(name, field, type(field) in texts) for name, field in fields.items()]

    @cache  # noqa: B019 - there are as many as there are modules that make one
    def _at_once(self, guard: str) -> Sql:
        return self._composed(
            f"WITH held AS ({guard} FOR NO KEY UPDATE),"  # noqa: S608 - nothing in it was sent
            f" first AS ({self._first.insert()} SELECT {self._first.places} FROM held"
            f" RETURNING {self._key})"
            f" {self._second.insert(link=self._column)}"
            f" SELECT {self._second.places}, {self._key} FROM first"
        )

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
