"""What a note says: which row, about which object, each field before and after.

Values have one exact form, the same whether they come from a note or from a row of the table: text,
whole numbers, truth values; JSON as its canonical text, times in UTC, and what is long as a digest.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from foundation.base.configuration.deciding import (
    columns_hidden,
    columns_told,
    deciding_models,
    is_personal,
    meta_of,
    names_a_person,
)
from foundation.base.configuration.epoch import ConfigurationModel
from foundation.base.texts.storable import storable
from foundation.directory.models import User
from foundation.journal.chain.canonical import timestamp
from foundation.journal.models import Change, Kind

EXACT = 2**53
"""From there on JSON has no exact integers."""
LONGEST = 1000
"""Characters of a value that is kept as it is."""
KINDS = {
    "insert": Kind.CREATED,
    "update": Kind.CHANGED,
    "delete": Kind.REMOVED,
    "found": Kind.FOUND,
}
Exact = str | int | bool | None
Values = dict[str, Exact]
Changes = dict[str, list[Exact]]
"""Each changed field: before, after."""


@dataclass(frozen=True)
class Told:
    """One note in words."""

    kind: Kind
    model: type[models.Model]
    row: Exact
    """The key of the row."""
    object_kind: str
    object_key: str
    """What the act is about; the key is empty where it is a person."""
    people: tuple[str, ...]
    """Keys of people whom it is about, the first of them first."""
    label: Exact
    open: Changes
    personal: Changes
    secrets: tuple[str, ...]
    after: Values = field(default_factory=dict)
    """All columns as they are now, by the names of the fields."""

    @property
    def is_of_a_person(self) -> bool:
        """Whether the row itself is a person, or about one."""
        return bool(self.object_kind == meta_of(User).label_lower)


class UnreadableChangeError(Exception):
    """A note that none of our triggers wrote: of no declared table, or without its columns."""


def told_by(change: Change) -> Told:
    """Return what a note says. Raise UnreadableChangeError."""
    try:
        return _told(change, _models_by_table()[change.source])
    except (LookupError, ValueError, TypeError, AttributeError, ValidationError) as error:
        raise UnreadableChangeError(f"{change.verb} {change.source}") from error


def _told(change: Change, model: type[models.Model]) -> Told:
    said = deciding_models()[model]
    before, after = (_values(model, row) for row in (change.before, change.after))
    differing = _differing(before, after, meta_of(model).pk.name)
    fields = {each.name: each for each in columns_told(model)}
    personal = {name for name, each in fields.items() if is_personal(model, each)}
    newest = after or before
    key = meta_of(model).pk.name
    about = fields[said.about] if said.about else meta_of(model).pk
    kind = meta_of(about.related_model if said.about else model).label_lower
    label = newest.get(said.label) if said.label else None
    return Told(
        kind=KINDS[change.verb],
        model=model,
        row=newest[key],
        object_kind=kind,
        object_key="" if names_a_person(about) else str(newest[about.name]),
        people=_people(fields, after, before),
        label=label,
        open={name: pair for name, pair in differing.items() if name not in personal},
        personal={name: pair for name, pair in differing.items() if name in personal},
        secrets=_names(model, change.secrets),
        after=after,
    )


def is_configuration(table: str) -> bool:
    """Say whether a table is kept in memory under the configuration epoch."""
    model = _models_by_table().get(table)
    return model is not None and issubclass(model, ConfigurationModel)


def values_of(row: models.Model) -> Values:
    """Return the declared columns of a row, by the names of the fields, in their exact form."""
    found = {
        each.name: exact(each, each.value_from_object(row)) for each in columns_told(type(row))
    }
    found.pop(meta_of(row).pk.name)
    return found


def exact(column: Any, value: Any) -> Exact:  # noqa: PLR0911 - one line a kind
    """Return the exact form of a value, whether the database or Django brought it."""
    if value is None:
        return None
    if isinstance(column, models.ForeignKey):
        return exact(column.target_field, value)
    if isinstance(column, models.BooleanField):
        return bool(value)
    if isinstance(column, models.JSONField):
        return _short(json.dumps(value, ensure_ascii=False, sort_keys=True))
    if isinstance(column, models.DateTimeField):
        return timestamp(_aware(column.to_python(value)))
    if isinstance(column, models.IntegerField):
        return int(value) if abs(int(value)) < EXACT else str(int(value))
    return _short(str(column.to_python(value)))


def _aware(at: datetime) -> datetime:
    # SQLite keeps UTC without saying so.
    return timezone.make_aware(at, UTC) if timezone.is_naive(at) else at


def _short(text: str) -> str:
    text = storable(text)
    if len(text) <= LONGEST:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"sha256:{digest} ({len(text)})"


def _values(model: type[models.Model], row: Mapping[str, Any] | None) -> Values:
    if not row:
        return {}
    return {each.name: exact(each, row.get(each.column)) for each in columns_told(model)}


def _differing(before: Values, after: Values, key: str) -> Changes:
    # Django never changes a key; whoever does has removed one row and made another.
    names = {**before, **after}.keys() - {key}
    pairs = {name: [before.get(name), after.get(name)] for name in sorted(names)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _people(fields: Mapping[str, Any], *rows: Values) -> tuple[str, ...]:
    keys = [
        str(row[name])
        for row in rows
        for name, each in fields.items()
        if names_a_person(each) and row.get(name)
    ]
    return tuple(dict.fromkeys(keys))


def _names(model: type[models.Model], columns: str) -> tuple[str, ...]:
    by_column = {each.column: each.name for each in columns_hidden(model)}
    return tuple(by_column[column] for column in columns.split())


@cache
def _models_by_table() -> Mapping[str, type[models.Model]]:
    return {meta_of(model).db_table: model for model in deciding_models()}
