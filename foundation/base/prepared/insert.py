"""One row, written by a statement that is composed once: the ORM composes it for every row."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Model

from foundation.base.prepared.running import Sql, this_connection, write


class PreparedInsert:
    """An INSERT of one row of `model`: `columns` are set, the others stay NULL.

    What the ORM adds when it saves an object (defaults, signals, the new key) it does not do.
    """

    def __init__(self, model: type[Model], *columns: str) -> None:
        meta = model._meta  # noqa: SLF001 - Django's documented way to a model's fields
        by_name = {field.name: field for field in meta.concrete_fields}
        self._table = meta.db_table
        self._fields = [by_name[name] for name in columns]

    def insert(self, *values: Any) -> None:
        """Write a row; the values are those of the columns, in their order. One statement."""
        write(self._sql, self._prepared(values))

    def insert_new(self, *values: Any) -> bool:
        """Write a row unless its key is taken; say whether it was written. One statement."""
        return write(self._sql_of_new, self._prepared(values)) == 1

    def _prepared(self, values: Sequence[Any]) -> list[Any]:
        this = this_connection()
        pairs = zip(self._fields, values, strict=True)
        return [field.get_db_prep_save(value, this) for field, value in pairs]

    @cached_property
    def _sql(self) -> Sql:
        return Sql.of(self._composed, len(self._fields), connection.vendor)

    @cached_property
    def _sql_of_new(self) -> Sql:
        composed = f"{self._composed} ON CONFLICT DO NOTHING"
        return Sql.of(composed, len(self._fields), connection.vendor)

    @property
    def _composed(self) -> str:
        quoted = [connection.ops.quote_name(str(field.column)) for field in self._fields]
        table = connection.ops.quote_name(self._table)
        places = ", ".join(["%s"] * len(quoted))
        return f"INSERT INTO {table} ({', '.join(quoted)}) VALUES ({places})"  # noqa: S608
