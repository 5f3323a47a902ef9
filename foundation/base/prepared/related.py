"""Prepared queries whose rows become objects together with those that `select_related` names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from django.db.models import Model
from django.db.models.query import get_related_populators

from foundation.base.prepared.rows import Columns
from foundation.base.prepared.running import read
from foundation.base.prepared.statements import PreparedStatement, Value

M = TypeVar("M", bound=Model)
_populators: Any = get_related_populators
"""Typed for the next version of Django, which takes an argument more."""


@dataclass(frozen=True, slots=True)
class Instances(Columns):
    """How a row becomes an object and those that belong to it: Django's own way."""

    model: type[Model]
    fields: tuple[str, ...]
    own: slice
    populators: tuple[Any, ...]

    @classmethod
    def of(cls, compiler: Any, _names: Sequence[str]) -> "Instances":
        """Return what a compiled query of objects gives; its columns are named by their places."""
        info, select = compiler.klass_info, compiler.select
        plain = Columns.of(compiler, [str(place) for place in range(len(select))])
        own = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        return cls(
            connection=plain.connection,
            names=plain.names,
            converted=plain.converted,
            model=info["model"],
            fields=tuple(column[0].target.attname for column in select[own]),
            own=own,
            populators=tuple(_populators(info, select, plain.connection.alias)),
        )

    def made(self, values: Sequence[Any]) -> Model:
        """Return the object of a row."""
        row = list(values)
        for place, converters in self.converted.values():
            for convert in converters:
                row[place] = convert(row[place])
        made = self.model.from_db(self.connection.alias, self.fields, row[self.own])
        for populator in self.populators:
            populator.populate(row, made)
        return made


class PreparedRelated(PreparedStatement, Generic[M]):
    """A query of objects: `select_related` and `only` count, nothing is annotated or prefetched.

    A column that `only` leaves out is a statement of its own when somebody asks for it.
    """

    def objects(self, *values: Value) -> list[M]:
        """Run it and return its objects. One statement."""
        compiled = self._compiled()
        rows = read(compiled.sql, compiled.filled(values))
        return cast("list[M]", list(map(cast("Instances", compiled.columns).made, rows)))

    def _query(self) -> tuple[Any, tuple[str, ...]]:
        return self._build(*self._samples).query, ()

    def _reader(self, compiler: Any, names: tuple[str, ...]) -> Columns:
        return Instances.of(compiler, names)
