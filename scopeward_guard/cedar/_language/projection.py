"""What the policies of a document speak of. Nothing else is worth handing to Cedar.

Most of the time of a decision is spent on reading and checking attributes; few policies ask for
many. So the schema is cut down to the attributes that are mentioned, once per document, and each
question with it. Names alone decide, wherever they stand: what a condition reaches in a roundabout
way, such as `(if … then principal else resource).id`, is mentioned too.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]


def names_in(expression: Any) -> Iterator[str]:
    """Yield the name of every attribute in a part of a parsed policy."""
    if isinstance(expression, Mapping):
        for operator, operand in expression.items():
            if operator in {".", "has"} and isinstance(operand, Mapping):
                yield str(operand["attr"])
            yield from names_in(operand)
    elif isinstance(expression, list):
        for entry in expression:
            yield from names_in(entry)


def asks_for_groups(expression: Any) -> bool:
    """Return whether a part of a parsed policy asks what something is in."""
    if isinstance(expression, Mapping):
        return (
            "in" in expression
            or expression.get("op") == "in"
            or any(map(asks_for_groups, expression.values()))
        )
    return isinstance(expression, list) and any(map(asks_for_groups, expression))


def projected(schema: Json, names: frozenset[str]) -> dict[str, Any]:
    """Return a schema that declares only the attributes called `names`."""
    space = schema[""]
    return {
        "": {
            **space,
            "commonTypes": {
                name: _cut(record, names) for name, record in space.get("commonTypes", {}).items()
            },
            "entityTypes": {
                name: {**entry, "shape": _cut(entry["shape"], names)} if "shape" in entry else entry
                for name, entry in space["entityTypes"].items()
            },
            "actions": {
                name: {**entry, "appliesTo": _cut_context(entry["appliesTo"], names)}
                if "appliesTo" in entry
                else entry
                for name, entry in space["actions"].items()
            },
        }
    }


def _cut_context(applies_to: Json, names: frozenset[str]) -> Json:
    if "context" not in applies_to:
        return applies_to
    return {**applies_to, "context": _cut(applies_to["context"], names)}


def _cut(record: Json, names: frozenset[str]) -> Json:
    if "attributes" not in record:
        return record
    kept = {name: kind for name, kind in record["attributes"].items() if name in names}
    return {**record, "attributes": kept}
