"""What decides about access, held against the acts that made it so.

Every row of a declared table has to be what its acts say, column by column; what no act made, and
what is gone without one, is named. Notes that are no acts yet count as such.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from foundation.base.configuration.deciding import deciding_models, meta_of
from foundation.journal.chain.rows import ChainRow
from foundation.journal.changes.recording_changes import entry_of
from foundation.journal.changes.telling import Values, values_of
from foundation.journal.entries import Entry
from foundation.journal.models import Change, Kind

OF_CHANGES = frozenset({Kind.CREATED, Kind.CHANGED, Kind.REMOVED, Kind.FOUND})


@dataclass
class Course:
    """What the acts say of one row."""

    values: Values = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    """Columns of which nobody can know any more: what they held was erased."""
    is_there: bool = True


class ReplayedConfiguration:
    """Replays what was changed of every row."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._courses: dict[str, dict[str, Course]] = defaultdict(dict)
        self._nameless: set[str] = set()
        """Models of whose rows nobody can say any more which an act was about."""

    def take(self, row: ChainRow) -> None:
        """Do what an act did."""
        if row.act["kind"] in OF_CHANGES:
            personal = None if row.erased_in else row.personal
            self._take(row.act["kind"], row.act["detail"], personal)

    def _take(self, kind: str, said: dict[str, Any], personal: dict[str, Any] | None) -> None:
        model = str(said.get("model"))
        key = said.get("row") or (personal or {}).get("person")
        if key is None:
            self._nameless.add(model)
            return
        rows = self._courses[model]
        if kind in {Kind.CREATED, Kind.FOUND}:
            rows[key] = Course()
        course = rows.setdefault(key, Course())
        course.is_there = kind != Kind.REMOVED
        about_people = json.loads((personal or {}).get("changes") or "{}")
        changes = {**said["changes"], **about_people.get("changes", {})}
        course.values |= {name: pair[1] for name, pair in changes.items()}
        hidden = set(said.get("personal", ())) - changes.keys()
        course.unknown = (course.unknown | hidden) - changes.keys()

    def findings(self) -> Iterator[str]:
        """Yield what disagrees."""
        for change in Change.objects.order_by("id").iterator():
            entry = entry_of(change, change.at)
            self._take(entry.kind, dict(entry.detail), _personal(entry))
        for model in deciding_models():
            yield from self._of_table(model)

    def _of_table(self, model: type[Model]) -> Iterator[str]:
        meta = meta_of(model)
        courses = dict(self._courses[meta.label_lower])
        rows = model._base_manager.order_by("pk")  # noqa: SLF001 - documented
        for row in rows.iterator():
            course = courses.pop(str(row.pk), None)
            name = f"{meta.verbose_name} {row.pk}"
            if course is not None and course.is_there:
                yield from (f"{name}: {flaw}." for flaw in _flaws(row, course))
            elif course is not None:
                yield f"{name} is there, and its acts say that it was removed."
            elif meta.label_lower not in self._nameless:
                yield f"{name} was made without an act."
        for key, course in courses.items():
            if course.is_there:
                yield f"{meta.verbose_name} {key} is gone, and no act says so."


def _flaws(row: Model, course: Course) -> Iterator[str]:
    for name, value in values_of(row).items():
        if name not in course.unknown and value != course.values.get(name):
            yield f"{name} is not what its acts say"


def _personal(entry: Entry) -> dict[str, Any]:
    return {"person": str(entry.person) if entry.person else None, "changes": entry.changes}
