"""What is known of the data that a question is about: sensitivity, owners, tags."""

from collections.abc import Iterable
from dataclasses import dataclass

from scopeward_guard.cedar.document import Label

ANYTHING = "*"


@dataclass(frozen=True, slots=True)
class Facts:
    """What all the data of one question amounts to: the strictest of everything."""

    sensitivity: int
    most_sensitive: tuple[str, ...]
    owners: tuple[str, ...]
    tags: tuple[str, ...]


class LabelCatalogue:
    """Finds the label of a dotted name; the narrowest pattern wins, then the stricter label."""

    def __init__(self, labels: Iterable[Label], default_sensitivity: int) -> None:
        ordered = sorted(labels, key=lambda label: (_narrowness(label.pattern), label.sensitivity))
        self._labels = [(label.pattern.split("."), label) for label in reversed(ordered)]
        self._unlabelled = Label(pattern=ANYTHING, sensitivity=default_sensitivity)

    def label_of(self, name: str) -> Label:
        """Return the label of `schema.table.column`, or of anything with a dotted name."""
        parts = name.split(".")
        fitting = (label for pattern, label in self._labels if _covers(pattern, parts))
        return next(fitting, self._unlabelled)

    def facts(self, names: Iterable[str]) -> Facts:
        """Return what the named data amounts to together."""
        labels = {name: self.label_of(name) for name in names}
        highest = max((label.sensitivity for label in labels.values()), default=0)
        return Facts(
            sensitivity=highest,
            most_sensitive=tuple(
                sorted(name for name, label in labels.items() if label.sensitivity == highest)
            ),
            owners=tuple(sorted({owner for label in labels.values() for owner in label.owners})),
            tags=tuple(sorted({tag for label in labels.values() for tag in label.tags})),
        )


def _covers(pattern: list[str], parts: list[str]) -> bool:
    """Return whether everything under `parts` fits; a star at the end stands for all below it."""
    if len(pattern) > len(parts) or (len(pattern) < len(parts) and pattern[-1] != ANYTHING):
        return False
    return all(wanted in (ANYTHING, part) for wanted, part in zip(pattern, parts, strict=False))


def _narrowness(pattern: str) -> int:
    return sum(part != ANYTHING for part in pattern.split("."))
