"""Which tables decide about access, and what may be said of their columns.

A model declares it once, above its class. From that alone come the triggers that note every change
of it, the acts of the journal, the timeline of its pages and the check of the state against the
acts (`foundation/journal/changes`). Tables between two models of which one is declared come along.

Every column counts and is written down as it was and as it is, except what is declared otherwise.
Keys of people are always personal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import ForeignKey, Model

M = TypeVar("M", bound=type[Model])
Columns = list[Any]


@dataclass(frozen=True)
class Deciding:
    """What is said of the rows of one table. All names are names of fields."""

    label: str = ""
    """Names a row for people; empty: nothing does."""
    about: str = ""
    """The foreign key to what the acts are about, where that is not the row itself."""
    personal: tuple[str, ...] = ()
    """Said in the part of an act that can be erased."""
    secret: tuple[str, ...] = ()
    """Never said; only that it was replaced."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """Decides nothing, and why: not noted."""


_declared: dict[str, Deciding] = {}


def decides(
    *,
    label: str = "",
    about: str = "",
    personal: tuple[str, ...] = (),
    secret: tuple[str, ...] = (),
    beside: Mapping[str, str] | None = None,
) -> Callable[[M], M]:
    """Declare a model of ours; the arguments are those of `Deciding`."""
    declaration = Deciding(label, about, personal, secret, beside or {})

    def declare(model: M) -> M:
        declare_decisive(meta_of(model).label_lower, declaration)
        return model

    return declare


def declare_decisive(model: str, declaration: Deciding) -> None:
    """Declare a model of another package by its label, `auth.group`."""
    _declared[model] = declaration


@cache
def deciding_models() -> Mapping[type[Model], Deciding]:
    """Return every declared model, and the tables between them. Call it when models are loaded."""
    found = {apps.get_model(label): said for label, said in sorted(_declared.items())}
    for model in list(found):
        for several in meta_of(model).local_many_to_many:
            through = several.remote_field.through
            if meta_of(through).auto_created and through not in found:
                found[through] = Deciding(about=several.m2m_field_name())
    return found


def columns_told(model: type[Model]) -> Columns:
    """Return the fields whose values are noted. Raise LookupError for a name that is none."""
    said = deciding_models()[model]
    fields = {each.name: each for each in meta_of(model).concrete_fields}
    if unknown := {said.label, said.about, *said.personal, *said.secret, *said.beside} - {
        "",
        *fields,
    }:
        raise LookupError(f"{model.__name__} has no field {', '.join(sorted(unknown))}")
    return [each for name, each in fields.items() if name not in {*said.secret, *said.beside}]


def columns_hidden(model: type[Model]) -> Columns:
    """Return the fields of which only a change is noted."""
    names = deciding_models()[model].secret
    return [each for each in meta_of(model).concrete_fields if each.name in names]


def meta_of(model: Any) -> Any:
    """Return what Django documents under a name that looks private: `Model._meta`."""
    return model._meta  # noqa: SLF001


def is_personal(model: type[Model], column: Any) -> bool:
    """Say whether a value belongs to the part that can be erased."""
    return column.name in deciding_models()[model].personal or names_a_person(column)


def names_a_person(column: Any) -> bool:
    """Say whether a column holds the key of a person."""
    person = get_user_model()
    if isinstance(column, ForeignKey):
        return issubclass(column.related_model, person)
    return column.primary_key and issubclass(column.model, person)
