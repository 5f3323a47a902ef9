"""What is known of the data that a question is about: sensitivity, owners, tags."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scopeward_guard._base.errors import MalformedError
from scopeward_guard.cedar._language.document import Label
from scopeward_guard.cedar._language.shapes import Shape, read

ANYTHING = "*"
LABELLED = frozenset({"sensitivity", "most_sensitive", "owners", "tags"})
_KEPT = 1024
_LONGEST_KEPT = 4096
"""Answers that are kept, and characters of the names that they may be kept under."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What all the data of one question amounts to: the strictest of everything."""

    sensitivity: int
    most_sensitive: tuple[str, ...]
    owners: tuple[str, ...]
    tags: tuple[str, ...]
    labelled: bool
    """Whether any of the data has a label."""


class LabelCatalogue:
    """Finds the label of a dotted name; the narrowest pattern wins, then the stricter label.

    Upper and lower case are the same: no two databases agree on them.
    """

    def __init__(self, labels: Iterable[Label], default_sensitivity: int) -> None:
        ordered = sorted(labels, key=lambda label: (_narrowness(label.pattern), label.sensitivity))
        self._labels = [(label.pattern.casefold().split("."), label) for label in reversed(ordered)]
        self._unlabelled = Label(pattern=ANYTHING, sensitivity=default_sensitivity)
        self._kept: dict[tuple[str, ...], Facts] = {}

    def label_of(self, name: str) -> Label:
        """Return the label of `schema.table.column`, or of anything with a dotted name."""
        parts = name.casefold().split(".")
        fitting = (label for pattern, label in self._labels if _covers(pattern, parts))
        return next(fitting, self._unlabelled)

    def facts(self, names: tuple[str, ...]) -> Facts:
        """Return what the named data amounts to together. The same names are not looked up twice.

        What a stranger could make too large to keep is looked up every time.
        """
        found = self._kept.get(names)
        if found is None:
            found = self._facts(names)
            if sum(map(len, names)) <= _LONGEST_KEPT:
                self._keep(names, found)
        return found

    def _keep(self, names: tuple[str, ...], facts: Facts) -> None:
        # Starting again is as good as a queue here, and needs no lock.
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        self._kept[names] = facts

    def _facts(self, names: tuple[str, ...]) -> Facts:
        labels = {name: self.label_of(name) for name in names}
        highest = max((label.sensitivity for label in labels.values()), default=0)
        return Facts(
            sensitivity=highest,
            most_sensitive=tuple(
                sorted(name for name, label in labels.items() if label.sensitivity == highest)
            ),
            owners=tuple(sorted({owner for label in labels.values() for owner in label.owners})),
            tags=tuple(sorted({tag for label in labels.values() for tag in label.tags})),
            labelled=any(label is not self._unlabelled for label in labels.values()),
        )


def names_of(said: Mapping[str, Any], declared: Shape) -> list[str]:
    """Return the dotted names of the data that a resource says it is, [] if it says none.

    Raises `MalformedError` where the schema demands to know them and nobody said.
    """
    columns = _named(said, declared, "columns")
    read_from = {column.rpartition(".")[0] for column in columns}
    tables = _named(said, declared, "tables")
    whole = [table for table in tables if table not in read_from]
    return [*columns, *whole] or _named(said, declared, "table")


def labelled(said: Mapping[str, Any], known: Facts) -> dict[str, Any]:
    """Return the facts that a catalogue has a word in; it is the last word on what it labels.

    Whoever asks may call data more sensitive and add tags. Owners it may only name of data without
    a label: an owner approves, and nobody appoints who approves.
    """
    sensitivity, tags = said.get("sensitivity"), said.get("tags")
    return {
        "sensitivity": known.sensitivity
        if sensitivity is None
        else max(read(sensitivity, "Long", "resource", "sensitivity"), known.sensitivity),
        "most_sensitive": known.most_sensitive,
        "owners": known.owners if known.labelled else said.get("owners") or (),
        "tags": sorted({*known.tags, *read(tags, "Texts", "resource", "tags")})
        if tags
        else known.tags,
    }


def _named(said: Mapping[str, Any], declared: Shape, name: str) -> list[str]:
    value = said.get(name)
    if value is None:
        if name in declared.required:
            raise MalformedError(f"resource.{name} is missing")
        return []
    names: list[str] = read(value, "Texts", "resource", name)
    return names


def _covers(pattern: list[str], parts: list[str]) -> bool:
    """Return whether everything under `parts` fits; a star at the end stands for all below it."""
    if len(pattern) > len(parts) or (len(pattern) < len(parts) and pattern[-1] != ANYTHING):
        return False
    return all(wanted in (ANYTHING, part) for wanted, part in zip(pattern, parts, strict=False))


def _narrowness(pattern: str) -> int:
    return sum(part != ANYTHING for part in pattern.split("."))
