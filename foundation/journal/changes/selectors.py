"""Reads: what was done to an object, and everything that was changed since a moment."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q, QuerySet
from django.utils.text import capfirst

from foundation.base.configuration.deciding import deciding_models, meta_of, names_a_person
from foundation.journal.keys import period
from foundation.journal.models import Act, Kind

OF_CONFIGURATION = (Kind.CREATED, Kind.CHANGED, Kind.REMOVED, Kind.FOUND)
"""Changes that triggers note."""
CHANGES = (
    *OF_CONFIGURATION,
    Kind.SECRET_ROTATED,
    Kind.SESSION_ENDED,
    Kind.CREDENTIAL_SET,
    Kind.INVITED,
    Kind.INVITATION_USED,
    Kind.UNINVITED,
    Kind.LET_GO,
    Kind.FACTOR_ADDED,
    Kind.FACTOR_REMOVED,
    Kind.FACTOR_COPIED,
    Kind.RECOVERY_CODE_USED,
    Kind.RECOVERY_CODES_MADE,
    Kind.RESET_ASKED,
    Kind.RESET_STOPPED,
    Kind.RESET_DONE,
    Kind.DELEGATED,
    Kind.DELEGATION_ENDED,
    Kind.ERASED,
    Kind.HISTORY_RESUMED,
)
"""Everything that an administrator, a program or the system changes."""


@dataclass(frozen=True)
class FieldChange:
    """One field of one act, to be shown."""

    name: str
    title: str
    """In the language of the reader."""
    before: Any
    after: Any
    """None: there was nothing. Both None where `is_secret`, or where it was erased."""
    is_secret: bool = False
    """It was replaced, and nobody keeps what it was."""
    is_erased: bool = False
    refers_to: type[Model] | None = None
    """The model whose keys the values are."""

    def __str__(self) -> str:
        return self.title


@dataclass(frozen=True)
class ChangedObject:
    """What an act changed, to be shown."""

    kind: str
    """The name of its model, in the language of the reader."""
    label: str
    """Its name at the time; empty where it has none, or was erased."""
    model: type[Model] | None
    """None where it is known no more."""
    key: str


def acts_about(row: Model) -> QuerySet[Act]:
    """Return the acts of configuration about an object, newest first, with their personal parts.

    Of a person: everything that was changed about them. What belongs to an object, such as the
    versions of a policy set, is about the object.
    """
    acts = Act.objects.filter(kind__in=OF_CONFIGURATION).select_related("personal")
    said = deciding_models().get(type(row))
    label = meta_of(row).label_lower
    if said and said.about:
        about: Any = meta_of(row).get_field(said.about)
        if names_a_person(about):
            acts = acts.filter(personal__person=about.value_from_object(row))
        kind = meta_of(about.related_model).label_lower
        key = "" if names_a_person(about) else str(about.value_from_object(row))
        acts = acts.filter(object_kind=kind, object_key=key, detail__model=label)
        acts = acts.filter(detail__row=str(row.pk))
    elif names_a_person(meta_of(row).pk):
        acts = acts.filter(object_kind=label, personal__person=row.pk)
    else:
        acts = acts.filter(object_kind=label, object_key=str(row.pk))
    return acts.order_by("-at", "-number")


def changes_since(
    moment: datetime, *, by: UUID | str | None = None, until: datetime | None = None
) -> QuerySet[Act]:
    """Return everything that was changed from a moment on, newest first, with personal parts.

    `by` is the key of an administrator, or an `Actor` such as `Actor.SYSTEM`, or the name of a
    command; None: whoever it was.
    """
    acts = Act.objects.filter(kind__in=CHANGES, **period(moment, until))
    acts = acts.select_related("personal")
    if by is not None:
        word = str(by)
        acts = acts.filter(Q(personal__actor_id=word) | Q(actor=word) | Q(detail__program=word))
    return acts.order_by("-at", "-number")


def object_of(act: Act) -> ChangedObject:
    """Return what an act of configuration changed."""
    model = _model(act.detail.get("model", ""))
    about = _model(act.object_kind)
    label = act.detail.get("label") or _personal(act).get("label") or ""
    person = getattr(getattr(act, "personal", None), "person_id", None)
    if model and meta_of(model).auto_created:
        model = about  # a table between two has no name that people know
    return ChangedObject(
        kind=str(capfirst(meta_of(model or about).verbose_name)) if model or about else "",
        label=str(label),
        model=about,
        key=act.object_key or str(person or ""),
    )


def fields_changed(act: Act) -> list[FieldChange]:
    """Return what an act of configuration changed, field by field."""
    model = _model(act.detail.get("model", ""))
    personal = _personal(act).get("changes", {})
    changes = {**act.detail.get("changes", {}), **personal}
    secrets = dict.fromkeys(act.detail.get("secrets", ()), (None, None))
    erased = dict.fromkeys(set(act.detail.get("personal", ())) - personal.keys(), (None, None))
    about = _about(model)
    return [
        FieldChange(
            name=name,
            title=_title(column, name),
            before=pair[0],
            after=pair[1],
            is_secret=name in secrets,
            is_erased=name in erased,
            refers_to=getattr(column, "related_model", None),
        )
        for name, pair in sorted({**changes, **secrets, **erased}.items())
        for column in [_column(model, name)]
        if name != about
    ]


def _title(column: Any, name: str) -> str:
    return name if column is None else str(capfirst(column.verbose_name))


def _personal(act: Act) -> dict[str, Any]:
    text = getattr(getattr(act, "personal", None), "changes", "")
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def _model(label: str) -> type[Model] | None:
    try:
        return apps.get_model(label) if label else None
    except LookupError:
        return None


def _about(model: type[Model] | None) -> str:
    """Return the field that only says which object it is about."""
    said = deciding_models().get(model) if model else None
    return said.about if said else ""


def _column(model: type[Model] | None, name: str) -> Any:
    try:
        return meta_of(model).get_field(name) if model else None
    except FieldDoesNotExist:
        return None
