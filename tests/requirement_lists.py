"""The requirements of each specification, as tests/requirements/*.toml lists them.

A list has what a document demands of the roles that Scopeward plays, in our words, in the order of
its sections. Each requirement says one of three things of itself: `tests` that prove it, as
`path::test` below tests/; `not_applicable`, and why; or `open`, and what is missing.
"""

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("requirements")
LEVELS = ("MUST", "MUST NOT", "SHOULD", "SHOULD NOT")
STATES = ("proven", "open", "not applicable")


@dataclass(frozen=True)
class Requirement:
    """What one section of a document demands."""

    section: str
    level: str
    text: str
    tests: tuple[str, ...] = ()
    open: str = ""
    not_applicable: str = ""

    @property
    def state(self) -> str:
        """One of STATES."""
        if self.tests:
            return "proven"
        return "open" if self.open else "not applicable"


@dataclass(frozen=True)
class Document:
    """A specification, and what of it concerns us."""

    name: str
    """As marks of tests name it."""
    title: str
    address: str
    requirements: tuple[Requirement, ...]
    note: str = ""
    """What the list leaves out, and why."""

    @property
    def count(self) -> Counter[str]:
        """How many requirements are in each of STATES."""
        return Counter(requirement.state for requirement in self.requirements)


@cache
def documents() -> tuple[Document, ...]:
    """Return all lists, by the names of the documents."""
    found = [_read(path) for path in FOLDER.glob("*.toml")]
    return tuple(sorted(found, key=lambda document: document.name))


def _read(path: Path) -> Document:
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    listed = tuple(_requirement(entry) for entry in said.pop("requirements"))
    return Document(requirements=listed, **said)


def _requirement(entry: dict[str, Any]) -> Requirement:
    return Requirement(**entry | {"tests": tuple(entry.get("tests", ()))})
