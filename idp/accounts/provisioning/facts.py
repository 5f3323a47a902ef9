"""What a source says of a person, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

COLUMNS = (
    "username", "email", "name", "given_name", "middle_name", "family_name", "nickname", "profile",
    "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "phone_number",
    "external_id", "title", "user_type",
)  # fmt: skip
"""Columns of a person that a source may decide; none of them gives power over this provider."""
ATTRIBUTE = "attributes."
"""Before the name of an attribute, where columns and attributes stand side by side."""


@dataclass(frozen=True)
class PersonFacts:
    """One person as a source knows them."""

    key: str
    """What stays when they are renamed there."""
    columns: Mapping[str, str]
    """Of `COLUMNS`; `username` has to be among them when the person is new."""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """As `claims.services.set_attributes` takes them: None removes one."""
    place: str = ""
    """Distinguished name in one form, where there is one."""
    is_active: bool | None = None
    """Whether they may sign in; None: the source does not say, being there is enough."""
    groups: tuple[str, ...] = ()
    """What the source calls the groups that they are in, where it says so of people."""
    complaints: tuple[str, ...] = ()
    """What could not be read of them; the rest counts."""


class Became(StrEnum):
    """What became of it."""

    MADE = "made"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"
    GONE = "gone"


@dataclass(frozen=True)
class Outcome:
    """What became of the facts about one person."""

    key: str
    label: str
    """The user name, for whoever reads the list."""
    became: Became
    person: UUID | None = None
    differences: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    """By column or `attributes.NAME`: before and after."""
    complaints: tuple[str, ...] = ()
    """Sentences: why nothing, or not all of it, was taken over."""

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept and printed."""
        who = str(self.person) if self.person is not None else None
        return told("person", who, self.label, self.became, self.differences, self.complaints)


def told(
    kind: str,
    key: str | None,
    name: str,
    became: Became,
    differences: Mapping[str, tuple[Any, Any]],
    complaints: Sequence[str],
) -> dict[str, Any]:
    """Return what became of one person or group, as it is kept and printed."""
    return {
        "kind": kind,
        "key": key,
        "name": name,
        "became": became.value,
        "differences": {column: list(both) for column, both in differences.items()},
        "complaints": list(complaints),
    }


def digest_of_place(place: str) -> str:
    """Return what a place is found by; empty for none."""
    return sha256(place.encode()).hexdigest() if place else ""
