"""Acts as pages show them: who did what, before and after, and what the chain says of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext

from console.common.people import names_of_people
from foundation.journal.acts import fields_changed, object_of
from foundation.journal.chain.inspection import ChainFacts, inspect
from foundation.journal.changes.selectors import ChangedObject, FieldChange
from foundation.journal.models import Act, Kind

MISSING = "–"
NOTHING = (None, "", "[]", "{}")
Names = Mapping[tuple[type[Model], str], str]


@dataclass(frozen=True)
class FieldEntry:
    """One field of a change; where it has no values, `remark` says why."""

    title: str
    before: str
    after: str
    remark: str = ""


@dataclass(frozen=True)
class ActEntry:
    """One act as the pages show it."""

    act: Act
    chain: ChainFacts
    by: str
    """The administrator or program; empty for everybody else."""
    changed: ChangedObject | None
    """What of the configuration it changed, if it did."""
    address: str
    """Where that is; empty where it has no page."""
    fields: tuple[FieldEntry, ...]
    """Those that differ, as they are shown."""

    @property
    def is_long(self) -> bool:
        """Whether the fields are all that an object has, and not what changed of them."""
        return len(self.fields) > 1 and self.act.kind != Kind.CHANGED


def act_entries(acts: Sequence[Act]) -> list[ActEntry]:
    """Return what there is to show of each act, in order; `personal` must have been fetched.

    Three statements, and one for each kind of thing that a changed field points to.
    """
    people = names_of_people({_actor(act) for act in acts})
    told = [fields_changed(act) if act.object_kind else [] for act in acts]
    names = _names(field for fields in told for field in fields)
    return [
        _entry(act, chain, people, [_field(field, names) for field in fields])
        for act, chain, fields in zip(acts, inspect(acts), told, strict=True)
    ]


def _entry(
    act: Act, chain: ChainFacts, people: Mapping[str, str], fields: list[FieldEntry]
) -> ActEntry:
    actor = _actor(act)
    changed = object_of(act) if act.object_kind else None
    return ActEntry(
        act=act,
        chain=chain,
        by=people.get(actor, actor) or str(act.detail.get("program", "")),
        changed=changed,
        address=_address(act, changed) if changed else "",
        fields=tuple(field for field in fields if field.remark or field.before != field.after),
    )


def _actor(act: Act) -> str:
    return act.personal.actor_id if hasattr(act, "personal") else ""


def _address(act: Act, changed: ChangedObject) -> str:
    model = changed.model
    is_gone = act.kind == Kind.REMOVED and act.detail.get("model") == act.object_kind
    if model is None or not changed.key or is_gone or not admin.site.is_registered(model):
        return ""
    options = model._meta  # noqa: SLF001 - documented
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[changed.key])


def _names(fields: Iterable[FieldChange]) -> Names:
    """Return what the keys in fields are called, as far as it still exists."""
    wanted: dict[type[Model], set[str]] = defaultdict(set)
    for field in fields:
        if field.refers_to is not None:
            wanted[field.refers_to] |= {str(key) for key in (field.before, field.after) if key}
    return {
        (model, str(row.pk)): str(row)
        for model, keys in wanted.items()
        for row in _rows(model, keys)
    }


def _rows(model: type[Model], keys: set[str]) -> Iterable[Model]:
    usable = []
    for key in keys:
        try:
            usable.append(model._meta.pk.to_python(key))  # noqa: SLF001
        except ValidationError:
            continue
    return model._default_manager.filter(pk__in=usable)  # noqa: SLF001


def _field(field: FieldChange, names: Names) -> FieldEntry:
    remark = ""
    if field.is_secret:
        remark = gettext("was replaced")
    elif field.is_erased:
        remark = gettext("erased")
    before, after = (_text(field, value, names) for value in (field.before, field.after))
    return FieldEntry(field.title, before, after, remark)


def _text(field: FieldChange, value: Any, names: Names) -> str:
    if value in NOTHING:
        return MISSING
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if field.refers_to is not None:
        return names.get((field.refers_to, str(value)), str(value))
    return str(value)
