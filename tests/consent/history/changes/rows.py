"""One row of every table that decides, made from its fields; and a change of it."""

import itertools
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from foundation.base.configuration.deciding import columns_told, deciding_models, meta_of

Table = type[models.Model]
_numbers = itertools.count(1000)
TABLES = sorted(deciding_models(), key=lambda model: meta_of(model).label_lower)


def row_of(model: Table) -> models.Model:
    """Return an unsaved row whose values fit, with the rows it points at made."""
    values = {each.attname: _value(each) for each in meta_of(model).concrete_fields}
    return model(**{name: value for name, value in values.items() if value is not ...})


def made(model: Table) -> models.Model:
    """Return a row that is in the table."""
    (row,) = model._base_manager.bulk_create([row_of(model)])
    return row


def another(row: models.Model) -> tuple[Any, Any]:
    """Return a field of a row that decides, and another value for it."""
    fields = [each for each in columns_told(type(row)) if not each.primary_key]
    simple = [each for each in fields if not each.is_relation] or fields
    column = max(
        reversed(simple), key=lambda each: isinstance(each, models.CharField) and not each.choices
    )
    return column, _value(column, other_than=column.value_from_object(row))


def _is_text(column: Any) -> bool:
    return isinstance(column, models.CharField) and not column.choices


def _value(column: Any, other_than: Any = None) -> Any:  # noqa: PLR0911 - one line a kind
    number = next(_numbers)
    if column.is_relation:
        return _related(column, other_than)
    if isinstance(column, models.UUIDField):
        return uuid.uuid4()
    if column.primary_key:
        return ...
    if isinstance(column, models.BooleanField):
        return not other_than
    if isinstance(column, models.DateTimeField):
        return _time(number)
    if isinstance(column, models.IntegerField):
        return number
    if isinstance(column, models.JSONField):
        return {"number": number, "ratio": 0.5, "ä": ["é", None, True]}
    text = f"x{number}"
    return text[: column.max_length] if column.max_length else text


def _time(number: int) -> datetime:
    return timezone.now() + timedelta(days=number, microseconds=number)


def _related(column: Any, other_than: Any) -> Any:
    related = column.related_model
    if meta_of(related).label_lower == "auth.permission":
        return related.objects.exclude(pk=other_than).values_list("pk", flat=True).first()
    return made(related).pk


def columns_in_sql(row: models.Model) -> Iterator[tuple[str, Any]]:
    """Yield the columns and values of an INSERT as the database takes them."""
    from django.db import connection

    for each in meta_of(row).concrete_fields:
        value = each.get_db_prep_save(each.pre_save(row, add=True), connection)
        if value is not None or not each.primary_key:
            yield each.column, value
