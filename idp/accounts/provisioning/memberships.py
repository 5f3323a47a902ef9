"""Who is in the groups of a source: people of that source only; others in a group stay.

Who joins does so at once. Who leaves is gathered, as numbers of rows, until the source has been
read to its end: only then is it known whether groups have vanished that nobody meant to go.
"""

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet

from foundation.directory.models import User
from foundation.directory.sources.models import ProvidedGroup

MEMBERS: Any = User.groups.through
BATCH = 500
T = TypeVar("T")


def members_of(source: str, groups: Collection[int]) -> QuerySet[Any]:
    """Return the rows of a source's people in groups."""
    rows: QuerySet[Any] = MEMBERS.objects.filter(user__provided__source=source)
    return rows.filter(group__in=list(groups))


@dataclass
class Memberships:
    """What one run of a source does to memberships."""

    source: str
    is_dry: bool = False
    joined: Counter[int] = field(default_factory=Counter)
    """By group; of a dry run below zero where the group is not there yet."""
    leaving: dict[int, "array[int]"] = field(default_factory=dict)
    """By group: rows."""

    def hold_group(self, group: int, wanted: Collection[UUID], imagined: int = 0) -> None:
        """Say who is in one group. `imagined`: members that a dry run has not made."""
        rows = members_of(self.source, [group]).values_list("user_id", "pk")
        present = dict(rows.iterator(chunk_size=2_000)) if group > 0 else {}
        self._join((person, group) for person in wanted if person not in present)
        self.joined[group] += imagined
        self._leave((group, row) for person, row in present.items() if person not in wanted)

    def hold_people(self, wanted: Mapping[UUID, Collection[int]], groups: Collection[int]) -> None:
        """Say in which of the source's groups people are, all of one page."""
        rows = members_of(self.source, groups).filter(user__in=list(wanted))
        present = {(row.user_id, row.group_id): row.pk for row in rows}
        said = [(person, group) for person, theirs in wanted.items() for group in theirs]
        self._join(pair for pair in said if pair not in present)
        stay = set(said)
        self._leave((pair[1], row) for pair, row in present.items() if pair not in stay)

    def abandon(self, groups: Collection[int]) -> None:
        """Say that groups are not there any more: everybody of the source leaves them."""
        rows = members_of(self.source, groups).values_list("group_id", "pk")
        self._leave(rows.iterator(chunk_size=2_000))

    def end(self, most_gone: int, *, let_go: int = 0) -> tuple[int, int]:
        """Let leave who leaves; return how many did, and how many were kept where they are.

        When groups of more than `most_gone` percent of all memberships would be left by all, these
        groups keep their members, unless somebody has looked at so many (`let_go`).
        """
        standing = self._standing()
        emptied = {
            group: rows
            for group, rows in self.leaving.items()
            if len(rows) >= standing[group] and not self.joined[group]
        }
        lost = sum(map(len, emptied.values()))
        if lost * 100 <= most_gone * standing.total() or lost <= let_go:
            emptied, lost = {}, 0
        going = {group: rows for group, rows in self.leaving.items() if group not in emptied}
        if not self.is_dry:
            for rows in going.values():
                for some in _batched(rows):
                    MEMBERS.objects.filter(pk__in=some).delete()
        return sum(map(len, going.values())), lost

    def _standing(self) -> Counter[int]:
        """Return how many of the source are in each of its groups."""
        mine = MEMBERS.objects.filter(
            user__provided__source=self.source, group__provided__source=self.source
        )
        counted = mine.values_list("group_id").annotate(Count("pk"))
        return Counter(dict(counted))

    def _join(self, pairs: Iterable[tuple[UUID, int]]) -> None:
        for some in _batched(pairs):
            self.joined.update(group for _, group in some)
            if not self.is_dry:
                rows = [MEMBERS(user_id=person, group_id=group) for person, group in some]
                MEMBERS.objects.bulk_create(rows, ignore_conflicts=True)

    def _leave(self, rows: Iterable[tuple[int, int]]) -> None:
        for group, row in rows:
            self.leaving.setdefault(group, array("q")).append(row)


def places_of_person(source: str, person: UUID) -> Iterator[tuple[int, str, str]]:
    """Yield the groups of a source that one person is in, with their places and digests."""
    rows = ProvidedGroup.objects.filter(source=source, group__user=person)
    yield from rows.values_list("group_id", "place", "place_digest")


@transaction.atomic
def hold_person(source: str, person: UUID, marks: Collection[str], left: Collection[int]) -> None:
    """Put one person of a source into its groups at these places, and out of those left."""
    rows = ProvidedGroup.objects.filter(source=source, place_digest__in=marks)
    wanted = rows.exclude(group__user=person).values_list("group_id", flat=True)
    joining = [MEMBERS(user_id=person, group_id=group) for group in wanted]
    MEMBERS.objects.bulk_create(joining, ignore_conflicts=True)
    members_of(source, left).filter(user=person).delete()


def people_at(
    source: str, column: str, marks: Iterable[str], *, met_in: UUID | None = None
) -> set[UUID]:
    """Return people of a source by what a group calls them.

    Of two at one place it is who was met: the other one has left it.
    """
    found: dict[str, UUID] = {}
    rows = User.objects.filter(provided__source=source)
    for some in _batched(marks):
        here = rows.filter(**{f"{column}__in": some})
        for mark, person, seen_in in here.values_list(column, "pk", "provided__seen_in"):
            if mark not in found or (met_in is not None and seen_in == met_in):
                found[mark] = person
    return set(found.values())


def _batched(rows: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(rows)
    while some := list(islice(rest, BATCH)):
        yield some
