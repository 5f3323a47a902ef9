"""What may be annotated on a policy, and what is wrong with what is."""

from collections.abc import Iterator, Mapping
from typing import Any

from scopeward_guard._base.errors import MalformedError
from scopeward_guard.cedar._language.obligations import DUTIES, duties_of

Json = Mapping[str, Any]
Data = Mapping[str, tuple[str, ...]]
"""The columns of each table there is; empty where nobody said."""
WORDS = ("id", "reason", "title", "description")
TEMPLATE = "A policy with a slot such as ?principal decides nothing until it is linked."


def annotation_problems(policy: Json, data: Data) -> Iterator[tuple[str, str]]:
    """Yield the annotation and a sentence for each that a parsed policy must not have.

    `data` is the document's: what an obligation names has to exist, or it would oblige to nothing.
    """
    annotations = policy.get("annotations", {})
    if "slot" in policy["principal"] or "slot" in policy["resource"]:
        yield "id", TEMPLATE
    for name in annotations:
        if name not in {*DUTIES, *WORDS}:
            yield name, f"There is no annotation @{name}."
    for name in DUTIES:
        if name in annotations:
            yield from _duty_problems(name, annotations[name] or "", policy["effect"], data)


def _duty_problems(name: str, text: str, effect: str, data: Data) -> Iterator[tuple[str, str]]:
    try:
        duties = duties_of({name: text})
    except MalformedError as error:
        yield name, f"{error}."
        return
    if any(duty.permits != (effect == "permit") for duty in duties):
        yield name, f"@{name} belongs to a {'forbid' if effect == 'permit' else 'permit'}."
    for duty in duties if data else ():
        if duty.column and not _exists(duty.column, data):
            yield name, f"@{name}: there is no column {duty.column}."


def _exists(column: str, data: Data) -> bool:
    table, _, name = column.casefold().rpartition(".")
    return any(
        table == known.casefold() and name in map(str.casefold, columns)
        for known, columns in data.items()
    )
