"""What a row of a file says of a person, by what its columns mean."""

from collections.abc import Mapping
from typing import Any

from claims.attributes import definitions
from foundation.directory.models.imports import ImportRow
from idp.accounts.provisioning.facts import ATTRIBUTE, PersonFacts


def facts_of_row(mapping: Mapping[str, int], row: ImportRow) -> PersonFacts:
    """Return what a row says of a person; `mapping` has the place of each thing that is said."""
    said = {name: value_at(row, place) for name, place in mapping.items()}
    attributes = {
        name.removeprefix(ATTRIBUTE): _attribute(name.removeprefix(ATTRIBUTE), value)
        for name, value in said.items()
        if name.startswith(ATTRIBUTE)
    }
    columns = {name: value for name, value in said.items() if not name.startswith(ATTRIBUTE)}
    return PersonFacts(key=row.key, columns=columns, attributes=attributes)


def _attribute(name: str, value: str) -> Any:
    """Return a value as it is stored; of a list its items, which are separated by semicolons."""
    known = definitions().get(name)
    if not value or known is None:
        return None
    if known.kind == "list":
        return [item.strip() for item in value.split(";") if item.strip()]
    if known.kind == "flag":
        return value.strip().lower() in {"1", "true", "yes", "ja", "wahr"}
    return value


def value_at(row: ImportRow, place: int) -> str:
    """Return what stands at a place; empty where the row is too short."""
    values: list[str] = row.values
    return values[place] if place < len(values) else ""
