"""Two rows that belong together, written only if what they rest on still is as it was read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Field, Model

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
        columns = ", ".join(map(connection.ops.quote_name, names))
        return f"INSERT INTO {self.table} ({columns})"

    @property
    def table(self) -> str:
        """The name of the table, quoted."""
        return connection.ops.quote_name(self.model._meta.db_table)  # noqa: SLF001

    @property
    def values(self) -> str:
        """The places of the values, as a list of a SELECT."""
        return ", ".join(f"%({name})s" for _, name in self.fields)


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
        self._sql = cache(self._at_once if connection.vendor == "postgresql" else self._first_if)

    def insert(self, read: Sequence[Value], values: Mapping[str, Any]) -> bool:
        """Write both rows, `values` by their names; `read` are the guard's. Say whether it held."""
        guard, held = self._guard.text(*read)
        prepared = self._prepared(values)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(self._sql(guard), {**held, **prepared})
                return bool(cursor.rowcount)
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            cursor.execute(self._sql(guard), {**held, **prepared})
            written = cursor.fetchone()
            if written:
                cursor.execute(self._second_after, {**prepared, "link": written[0]})
        return bool(written)

    def _prepared(self, values: Mapping[str, Any]) -> dict[str, Any]:
        prepared: dict[str, Any] = {}
        for field, name in self._all_fields:
            prepared[name] = field.get_db_prep_save(values[name], connection)
        return prepared

    @cached_property
    def _all_fields(self) -> list[tuple["Field[Any, Any]", str]]:
        by_name = {name: field for field, name in (*self._first.fields, *self._second.fields)}
        return [(field, name) for name, field in by_name.items()]

    def _at_once(self, guard: str) -> str:
        return (
            f"WITH held AS ({guard} FOR NO KEY UPDATE),"  # noqa: S608 - nothing in it was sent
            f" first AS ({self._first.insert()} SELECT {self._first.values} FROM held"
            f" RETURNING {self._key})"
            f" {self._second.insert(link=self._link_column)}"
            f" SELECT {self._second.values}, {self._key} FROM first"
        )

    def _first_if(self, guard: str) -> str:
        return (
            f"{self._first.insert()} SELECT {self._first.values} WHERE EXISTS ({guard})"
            f" RETURNING {self._key}"
        )

    @cached_property
    def _second_after(self) -> str:
        inserted = self._second.insert(link=self._link_column)
        return f"{inserted} VALUES ({self._second.values}, %(link)s)"

    @cached_property
    def _key(self) -> str:
        return connection.ops.quote_name(str(self._first.model._meta.pk.column))  # type: ignore[union-attr]  # noqa: SLF001

    @cached_property
    def _link_column(self) -> str:
        return str(self._second.model._meta.get_field(self._link).column)  # type: ignore[union-attr]  # noqa: SLF001
