"""Claims that are objects: each put together from several mappings, its parts.

A mapping is a part when its claim has a flattened name: the structure's prefix, then a key. All
that concerns a person goes by the parts, so each is shown, left out and explained like any other
claim; only a payload has the whole.
"""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from claims.names import aws_session_tags


class Structure(Protocol):
    """What one kind of object asks of its parts, and how it is made of them."""

    @property
    def CLAIM(self) -> str:  # noqa: N802 - a constant of the module that implements it
        """The name of the whole in payloads."""

    @property
    def PREFIX(self) -> str:  # noqa: N802
        """What the names of its parts begin with."""

    def complaint(self, key: str, others: Collection[str]) -> str | None:
        """Say in one sentence why `key` cannot stand beside the other keys; None when it can."""

    def carried(self, value: Any) -> Any:
        """Return what the whole has for a part's claim value; None: the part is left out."""

    def whole(self, parts: Mapping[str, Any]) -> Any:
        """Return the whole; `parts` is `{key: carried value}`, at least one."""


STRUCTURES: tuple[Structure, ...] = (aws_session_tags,)
_PREFIXES = tuple(structure.PREFIX for structure in STRUCTURES)


def structure_of(claim: str) -> Structure | None:
    """Return the structure that a claim is a part of."""
    return next((found for found in STRUCTURES if claim.startswith(found.PREFIX)), None)


def occupant_of(claim: str) -> Structure | None:
    """Return the structure that has a name to itself: its own, or one below that is no part."""
    if structure_of(claim):
        return None
    taken = (s for s in STRUCTURES if claim == s.CLAIM or claim.startswith(f"{s.CLAIM}/"))
    return next(taken, None)


def complaint(claim: str, others: Collection[str]) -> str | None:
    """Say why a part cannot stand beside other claims; None when it can, or is no part."""
    structure = structure_of(claim)
    if structure is None:
        return None
    prefix = structure.PREFIX
    keys = [other.removeprefix(prefix) for other in others if other.startswith(prefix)]
    return structure.complaint(claim.removeprefix(prefix), keys)


def put_together(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return released claims with the parts of each structure replaced by their whole."""
    if not any(claim.startswith(_PREFIXES) for claim in found):
        return dict(found)
    payload: dict[str, Any] = {}
    parts: dict[str, tuple[Structure, dict[str, Any]]] = {}
    for claim, value in found.items():
        if structure := structure_of(claim):
            _, own = parts.setdefault(structure.CLAIM, (structure, {}))
            own[claim.removeprefix(structure.PREFIX)] = structure.carried(value)
        else:
            payload[claim] = value
    return payload | {claim: structure.whole(own) for claim, (structure, own) in parts.items()}


def announced(claim: str) -> str:
    """Return the name that a claim, or the whole that it is a part of, has in payloads."""
    structure = structure_of(claim)
    return structure.CLAIM if structure else claim
