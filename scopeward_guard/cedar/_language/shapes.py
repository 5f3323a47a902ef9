"""What the schema declares, and how JSON values become attributes of exactly that type.

A value of another type than declared makes a question undecidable. It is not left out: a forbid
that asks `context has risk && context.risk > 70` would not see the risk "high", and permit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from scopeward_guard._base.addresses import parse_address
from scopeward_guard._base.errors import MalformedError

Json = Mapping[str, Any]
_NOTHING: Json = {}


@dataclass(frozen=True, slots=True)
class Shape:
    """The attributes of an entity type or of a context: name to kind of value."""

    kinds: Mapping[str, str]
    required: frozenset[str] = frozenset()
    parents: tuple[str, ...] = ()

    def filled(self, values: Json, of: str) -> dict[str, Any]:
        """Return the declared attributes among `values`, typed; JSON's null is no value.

        Raises `MalformedError`, naming the attribute, for what is missing or of another type. `of`
        is whose they are: principal, resource or context.
        """
        found = {}
        for name, kind in self.kinds.items():
            value = values.get(name)
            if value is not None:
                found[name] = read(value, kind, of, name)
            elif name in self.required:
                raise MalformedError(f"{of}.{name} is missing")
        return found


@dataclass(frozen=True, slots=True)
class Shapes:
    """Everything a schema declares, by the names that evaluations use."""

    entities: Mapping[str, Shape]
    contexts: Mapping[str, Shape]


def shapes_of(schema: Json) -> Shapes:
    """Read Cedar's JSON schema, its nameless namespace.

    Raises `MalformedError` for kinds of values that no evaluation can bring, and KeyError,
    TypeError or AttributeError for what is no schema.
    """
    space = schema[""]
    common = space.get("commonTypes", _NOTHING)
    return Shapes(
        entities={
            name: _shape(entry.get("shape", _NOTHING), common, entry.get("memberOfTypes", ()))
            for name, entry in space["entityTypes"].items()
        },
        contexts={
            name: _shape(entry.get("appliesTo", _NOTHING).get("context", _NOTHING), common)
            for name, entry in space["actions"].items()
        },
    )


@lru_cache(maxsize=256)
def type_name(name: str) -> str:
    """Return the Cedar type for a type of AuthZEN: `user` is `User`, `line_item` is `LineItem`."""
    return "".join(part[:1].upper() + part[1:] for part in name.replace("-", "_").split("_"))


def group_fact(parent: str) -> str:
    """Return the name of the fact that says which groups of a type something is in."""
    return f"{parent.lower()}s"


def read(value: Any, kind: str, of: str, name: str) -> Any:
    """Return a value as Cedar reads one of that kind; raises `MalformedError`."""
    try:
        return _READERS[kind](value)
    except (TypeError, ValueError) as error:
        raise MalformedError(f"{of}.{name} is not of the type {kind}") from error


def _shape(record: Json, common: Json, parents: Any = ()) -> Shape:
    record = common.get(record.get("type", ""), record)
    attributes = record.get("attributes", _NOTHING)
    return Shape(
        kinds={name: _kind(name, entry) for name, entry in attributes.items()},
        required=frozenset(
            name for name, entry in attributes.items() if entry.get("required", True)
        ),
        parents=tuple(parents),
    )


def _kind(name: str, entry: Json) -> str:
    kind = str(entry["name"] if entry["type"] == "Extension" else entry["type"])
    if kind == "Set" and entry["element"]["type"] == "String":
        return "Texts"
    if kind not in _READERS or kind == "Texts":
        raise MalformedError(f"{name} is of a kind that no question can bring: {kind}")
    return kind


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list | tuple | set | frozenset):
        raise TypeError
    for entry in value:
        if not isinstance(entry, str):
            raise TypeError
    return list(value)


def _whole(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    # A Cedar Long has 64 bits.
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise TypeError
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _address(value: Any) -> Json:
    return {"__extn": {"fn": "ip", "arg": str(parse_address(_text(value)))}}


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "String": _text,
    "Long": _whole,
    "Boolean": _flag,
    "Texts": _texts,
    "ipaddr": _address,
}
