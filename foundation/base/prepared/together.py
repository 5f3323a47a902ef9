"""New objects that are written together, all or none: as `bulk_create` would, composed once."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import CharField, Field, Model, TextField

from foundation.base.prepared.running import Sql, this_connection, write

if TYPE_CHECKING:
    Column = Field[Any, Any]

TEXTS = frozenset({CharField, TextField})
"""Fields whose values go to the database as they are."""


class WrittenTogether:
    """INSERT of one object of each of some models.

    On PostgreSQL it is one statement; on SQLite, which has none for that, one for each, in a
    transaction. What the ORM does beside (signals, `auto_now`, generated columns) is not done.
    """

    def __init__(self, *models: type[Model]) -> None:
        self._models = models

    def insert(self, *objects: Model) -> None:
        """Write the objects, each of the model in its place. Raises what the database does."""
        this = this_connection()
        rows = [
            [self._value(field, is_text, row, this) for field, is_text in fields]
            for fields, row in zip(self._fields, objects, strict=True)
        ]
        if this.vendor == "postgresql":
            write(self._at_once, [value for row in rows for value in row])
            return
        with transaction.atomic(savepoint=False):
            for sql, row in zip(self._one_by_one, rows, strict=True):
                write(sql, row)

    @staticmethod
    def _value(field: "Column", is_text: bool, row: Model, this: Any) -> Any:
        value = getattr(row, field.attname)
        return value if is_text else field.get_db_prep_save(value, this)

    @cached_property
    def _fields(self) -> list[list[tuple["Column", bool]]]:
        return [
            [(field, type(field) in TEXTS) for field in model._meta.concrete_fields]  # noqa: SLF001 - documented
            for model in self._models
        ]

    @cached_property
    def _inserts(self) -> list[str]:
        return [
            self._insert(model, fields)
            for model, fields in zip(self._models, self._fields, strict=True)
        ]

    @staticmethod
    def _insert(model: type[Model], fields: list[tuple["Column", bool]]) -> str:
        quote = connection.ops.quote_name
        columns = ", ".join(quote(str(field.column)) for field, _ in fields)
        places = ", ".join(["%s"] * len(fields))
        return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608, SLF001 - nothing in it was sent

    @cached_property
    def _at_once(self) -> Sql:
        *before, last = self._inserts
        parts = ", ".join(f"part{number} AS ({sql})" for number, sql in enumerate(before))
        return self._composed(f"WITH {parts} {last}")

    @cached_property
    def _one_by_one(self) -> list[Sql]:
        return [self._composed(sql) for sql in self._inserts]

    @staticmethod
    def _composed(sql: str) -> Sql:
        return Sql.of(sql, sql.count("%s"), connection.vendor)
