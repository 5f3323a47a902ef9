"""What attributes are defined, which values they accept, and how those of groups are combined."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from claims.models import Attribute, AttributeKind
from foundation.base.configuration.kept import Kept


@dataclass(frozen=True, slots=True)
class Definition:
    """One defined attribute; `levels` are its allowed values, lowest first, if it is ordered."""

    name: str
    title: str
    kind: AttributeKind
    levels: tuple[str, ...] = ()


def _load() -> dict[str, Definition]:
    return {
        row.name: Definition(row.name, row.title, AttributeKind(row.kind), level_names(row.levels))
        for row in Attribute.objects.all()
        if row.kind in AttributeKind.values
    }


_definitions = Kept(_load)


def definitions() -> Mapping[str, Definition]:
    """Return the defined attributes by name, in the order of their names. Kept in process."""
    return _definitions.get()


def level_names(stored: Any) -> tuple[str, ...]:
    """Return the usable level names of a stored JSON value."""
    return tuple(dict.fromkeys(_texts(stored)))


def recorded(definition: Definition, value: Any) -> Any:
    """Return a stored value as the definition understands it, None if it does not.

    A text is a string, a list a tuple of strings without repetitions, a level one of the level
    names, a flag a boolean. What is malformed, or left over from an earlier definition, counts as
    not recorded: a bad row must not stop anybody from signing in.
    """
    if definition.kind == AttributeKind.TEXT:
        return value if isinstance(value, str) and value else None
    if definition.kind == AttributeKind.LIST:
        return tuple(dict.fromkeys(_texts(value))) or None
    if definition.kind == AttributeKind.LEVEL:
        return value if isinstance(value, str) and value in definition.levels else None
    return value if isinstance(value, bool) else None


def combine(definition: Definition, own: Any, groups: Sequence[Any]) -> Any:
    """Combine a person's own stored value with those of the groups, which come in name order.

    Return a value as `recorded` does, None if nobody has one.
    """
    values = [
        value for stored in (own, *groups) if (value := recorded(definition, stored)) is not None
    ]
    if not values:
        return None
    if definition.kind == AttributeKind.LIST:
        return tuple(dict.fromkeys(item for value in values for item in value))
    if definition.kind == AttributeKind.LEVEL:
        return max(values, key=definition.levels.index)
    if definition.kind == AttributeKind.FLAG:
        return any(values)
    return values[0]


def combine_all(own: Any, groups: Iterable[Any]) -> dict[str, Any]:
    """Combine the stored `{name: value}` of a person with those of the groups, in name order.

    Names that no definition knows are left out.
    """
    mine = _mapping(own)
    theirs = [_mapping(stored) for stored in groups]
    combined = {
        name: combine(definition, mine.get(name), [values.get(name) for values in theirs])
        for name, definition in definitions().items()
    }
    return {name: value for name, value in combined.items() if value is not None}


def complaint(definition: Definition, value: Any) -> str | None:
    """Say in one sentence why `value` cannot be recorded; None when it can."""
    if definition.kind == AttributeKind.TEXT and not (isinstance(value, str) and value):
        return _("%(title)s has to be a text.") % {"title": definition.title}
    if definition.kind == AttributeKind.LIST and not _is_list_of_texts(value):
        return _("%(title)s has to be a list of texts.") % {"title": definition.title}
    if definition.kind == AttributeKind.FLAG and not isinstance(value, bool):
        return _("%(title)s has to be true or false.") % {"title": definition.title}
    if definition.kind == AttributeKind.LEVEL and value not in definition.levels:
        return _("%(title)s has to be one of: %(levels)s.") % {
            "title": definition.title,
            "levels": ", ".join(definition.levels),
        }
    return None


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(_texts(value)) == len(value)


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list | tuple) else ()
    return [item for item in items if isinstance(item, str) and item]


def _mapping(stored: Any) -> Mapping[str, Any]:
    return stored if isinstance(stored, dict) else {}
