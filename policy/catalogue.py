"""Where labels of data come from: a package to the left says so when it starts."""

from collections.abc import Callable

from scopeward_guard.cedar import Label

LabelsOf = Callable[[str], tuple[Label, ...]]
"""The labels of one audience's data. Kept in process with the documents they go into."""

_sources: list[LabelsOf] = []


def add_source(labels_of: LabelsOf) -> None:
    """Have `labels_of` asked whenever a document is compiled."""
    if labels_of not in _sources:
        _sources.append(labels_of)


def labels_of(audience: str) -> tuple[Label, ...]:
    """Return every label of the audience's data."""
    return tuple(label for source in _sources for label in source(audience))
