"""What the schema declares, and how JSON values become attributes of exactly that type.

Cedar refuses a request with one attribute too many, so what the schema does not know is left out:
no policy can speak of it. What it demands and nobody said is for the caller to supply; without it
Cedar refuses the request, and that denies.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

Json = Mapping[str, Any]
_NOTHING: Json = {}


@dataclass(frozen=True, slots=True)
class Shape:
    """The attributes of an entity type or of a context: name to kind of value."""

    kinds: Mapping[str, str]
    parents: tuple[str, ...] = ()

    def filled(self, values: Json) -> dict[str, Any]:
        """Return the declared attributes among `values`, typed; lists that are missing, empty."""
        found = {}
        for name, kind in self.kinds.items():
            value = _READERS[kind](values.get(name))
            if value is not None:
                found[name] = value
        return found


@dataclass(frozen=True, slots=True)
class Shapes:
    """Everything a schema declares, by the names that evaluations use."""

    entities: Mapping[str, Shape]
    contexts: Mapping[str, Shape]


def shapes_of(schema: Json) -> Shapes:
    """Read Cedar's JSON schema, its nameless namespace. Raises KeyError and TypeError."""
    space = schema[""]
    common = space.get("commonTypes", _NOTHING)
    return Shapes(
        entities={
            name: Shape(
                _kinds(entry.get("shape", _NOTHING), common), tuple(entry.get("memberOfTypes", ()))
            )
            for name, entry in space["entityTypes"].items()
        },
        contexts={
            name: Shape(_kinds(entry.get("appliesTo", _NOTHING).get("context", _NOTHING), common))
            for name, entry in space["actions"].items()
        },
    )


def type_name(name: str) -> str:
    """Return the Cedar type for a type of AuthZEN: `user` is `User`, `line_item` is `LineItem`."""
    return "".join(part[:1].upper() + part[1:] for part in name.replace("-", "_").split("_"))


def _kinds(record: Json, common: Json) -> dict[str, str]:
    record = common.get(record.get("type", ""), record)
    return {name: _kind(entry) for name, entry in record.get("attributes", _NOTHING).items()}


def _kind(entry: Json) -> str:
    if entry["type"] == "Extension":
        return str(entry["name"])
    return "Texts" if entry["type"] == "Set" else str(entry["type"])


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list | tuple | set | frozenset):
        return []
    return [entry for entry in value if isinstance(entry, str)]


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # A Cedar Long has 64 bits; a number beyond it is nobody's clearance.
    return int(value) if abs(value) < 2**63 else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _address(value: Any) -> Json | None:
    try:
        text = str(ip_address(value)) if isinstance(value, str) else None
    except ValueError:
        return None
    return {"__extn": {"fn": "ip", "arg": text}} if text else None


_READERS = {
    "String": _text,
    "Long": _whole,
    "Boolean": _flag,
    "Texts": _texts,
    "ipaddr": _address,
}
