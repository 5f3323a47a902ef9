"""Columns that name a level of sign-in, and which of them do."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models


class LevelField(models.CharField):  # type: ignore[type-arg]
    """The weakest sign-in for something, by its `acr`; empty: any.

    Whoever has such a column is found where a level is to be renamed or removed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 255, "blank": True, **kwargs})

    def deconstruct(self) -> Any:
        """Be a text in migrations: that it is a level is no matter of the database."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


def fields_of_levels() -> Iterator[tuple[type[models.Model], LevelField]]:
    """Yield every column that names a level, with its model."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001 - documented
            if isinstance(field, LevelField):
                yield model, field


def uses_of(level: str) -> list[models.Model]:
    """Return a row of each kind that names a level; a statement for each kind."""
    found = (
        model._base_manager.filter(**{field.name: level}).first()  # noqa: SLF001 - documented
        for model, field in fields_of_levels()
    )
    return [row for row in found if row is not None]
