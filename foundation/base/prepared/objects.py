"""Prepared queries whose rows become objects of their model."""

from typing import Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model
from django.db.models.base import ModelState

from foundation.base.prepared.rows import Columns
from foundation.base.prepared.running import read
from foundation.base.prepared.statements import PreparedStatement, Value

M = TypeVar("M", bound=Model)


class PreparedObjects(PreparedStatement, Generic[M]):
    """A query for whole rows: no `.values()`, nothing annotated, nothing deferred.

    Its objects are what the ORM would have made of the rows, put together without asking every
    field for its default first.
    """

    def first(self, *values: Value) -> M | None:
        """Run it and return the first of its objects. One statement."""
        found = self.objects(*values)
        return found[0] if found else None

    def objects(self, *values: Value) -> list[M]:
        """Run it and return its objects. One statement."""
        compiled = self._compiled()
        found = read(compiled.sql, compiled.filled(values))
        return [self._made(compiled.columns, row) for row in found]

    def _made(self, columns: Columns, row: Any) -> M:
        model = self._model
        made = model.__new__(model)
        state = made.__dict__
        state["_state"] = known = ModelState()
        known.db, known.adding = DEFAULT_DB_ALIAS, False
        state.update(zip(columns.names, row, strict=True))
        for name, (place, converters) in columns.converted.items():
            value = row[place]
            for convert in converters:
                value = convert(value)
            state[name] = value
        return made

    def _query(self) -> tuple[Any, tuple[str, ...]]:
        queryset = self._build(*self._samples)
        self._model = cast("type[M]", queryset.model)
        fields = self._model._meta.concrete_fields  # noqa: SLF001 - Django's documented way
        return queryset.query, tuple(field.attname for field in fields)
