"""One row, written by a statement that is composed once: the ORM composes it for every row."""

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
        this = this_connection()
        pairs = zip(self._fields, values, strict=True)
        write(self._sql, [field.get_db_prep_save(value, this) for field, value in pairs])

    @cached_property
    def _sql(self) -> Sql:
        quoted = [connection.ops.quote_name(str(field.column)) for field in self._fields]
        table = connection.ops.quote_name(self._table)
        places = ", ".join(["%s"] * len(quoted))
        composed = f"INSERT INTO {table} ({', '.join(quoted)}) VALUES ({places})"  # noqa: S608
        return Sql.of(composed, len(quoted), connection.vendor)
