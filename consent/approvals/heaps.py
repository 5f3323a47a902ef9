"""The inbox: what waits for somebody's vote, what they asked, what they have decided.

Whoever looks at it sees the first page of a heap and how many there are in each; both are read by
statements that are composed once. Whoever stands in for others is rare and asks the ORM.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from consent.approvals.deciders.capacities import Capacities, capacities_of
from consent.approvals.deciders.demands import requester_key
from consent.approvals.models import Approval, ApprovalState, AwaitedKey, Vote
from foundation.base.prepared.lists import ByLength
from foundation.base.prepared.related import PreparedRelated
from foundation.base.prepared.statements import PreparedValues
from foundation.directory.models import User

PER_PAGE = 20
WAITING, MINE, DECIDED = HEAPS = ("waiting", "mine", "decided")
IN_A_ROW = (
    "canonical", "state", "binding_code", "created_at", "expires_at", "is_break_glass",
    "client__name", *(f"requester__{column}" for column in User.NAMED_BY),
)  # fmt: skip
"""The columns that a row shows, out of a hundred."""


def with_names(rows: QuerySet[Approval]) -> QuerySet[Approval]:
    """Return approvals with what a row says of them."""
    return rows.select_related("client", "requester").only(*IN_A_ROW)


@dataclass(frozen=True)
class Inbox:
    """What concerns one person, in three heaps."""

    capacities: Capacities

    @property
    def person(self) -> Any:
        """The key of whose inbox it is."""
        return self.capacities.person

    def heap(self, name: str) -> QuerySet[Approval]:
        """Return a heap: what waits, the first to run out first; the others newest first."""
        return _heaps(self.person, timezone.now(), self._may_vote())[name]

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many there are in each heap. One statement."""
        if self._is_for_others:
            rows: Iterable[Mapping[str, Any]] = _counted(
                _heaps(self.person, timezone.now(), self._may_vote())
            )
        else:
            rows = self._run(COUNTS, PreparedValues.rows)
        return dict.fromkeys(HEAPS, 0) | {row["heap"]: row["n"] for row in rows}

    def first_page(self, name: str) -> list[Approval]:
        """Return the first `PER_PAGE` rows of a heap, with names. One statement."""
        if name in OWN_PAGES:
            return OWN_PAGES[name].objects(self.person)
        if self._is_for_others:
            return list(with_names(self.heap(name))[:PER_PAGE])
        found: list[Approval] = self._run(WAITING_PAGE, PreparedRelated.objects)
        return found

    @property
    def _is_for_others(self) -> bool:
        return bool(self.capacities.lent) or not self.capacities.own

    def _run(self, statements: ByLength[Any], run: Callable[..., Any]) -> Any:
        statement, keys = statements.about(sorted(self.capacities.own))
        return run(statement, self.person, timezone.now(), requester_key(self.person), *keys)

    def _may_vote(self) -> Q:
        # The same as `Capacities.for_approval`, as one question to the database.
        votes = _own_votes(self.person, requester_key(self.person), self.capacities.own)
        for away, keys in (self.capacities.lent or {}).items():
            votes |= _awaits(keys) & ~Q(requester=self.person) & ~Q(requester=away)
        return votes


def inbox_of(person: UUID) -> Inbox:
    """Return a person's inbox. Three statements, and those of what is looked at."""
    return Inbox(capacities_of([person])[person])


def _waiting(person: UUID, now: datetime, may_vote: Q) -> QuerySet[Approval]:
    pending = Approval.objects.filter(
        state=ApprovalState.PENDING, expires_at__gt=now, client__is_active=True
    )
    counted = Vote.objects.filter(Q(voter=person) | Q(on_behalf_of=person), approval=OuterRef("pk"))
    return pending.filter(may_vote, ~Exists(counted)).order_by("expires_at")


def _mine(person: UUID) -> QuerySet[Approval]:
    return Approval.objects.filter(requester=person).order_by("-created_at")


def _decided(person: UUID) -> QuerySet[Approval]:
    voted = Vote.objects.filter(voter=person, approval=OuterRef("pk"))
    return Approval.objects.filter(Exists(voted)).order_by("-created_at")


def _heaps(person: UUID, now: datetime, may_vote: Q) -> dict[str, QuerySet[Approval]]:
    return {
        WAITING: _waiting(person, now, may_vote),
        MINE: _mine(person),
        DECIDED: _decided(person),
    }


def _counted(heaps: Mapping[str, QuerySet[Approval]]) -> QuerySet[Any, Any]:
    one, *others = (
        rows.order_by().values(heap=Value(name)).annotate(n=Count("pk"))
        for name, rows in heaps.items()
    )
    return one.union(*others, all=True)


def _own_votes(person: UUID, as_requester: str, keys: Iterable[str]) -> Q:
    own = _awaits([as_requester]) & Q(requester=person)
    return own | _awaits(keys) & ~Q(requester=person)


def _awaits(keys: Iterable[str]) -> Q:
    return Q(Exists(AwaitedKey.objects.filter(approval=OuterRef("pk"), key__in=list(keys))))


def _of_nobody_else(read: Callable[[UUID, datetime, Q], Any]) -> Callable[..., Any]:
    """Return what takes the values of a statement: person, now, and the person's own capacities."""

    def with_votes(person: UUID, now: datetime, as_requester: str, *keys: str) -> Any:
        return read(person, now, _own_votes(person, as_requester, keys))

    return with_votes


def _types(length: int) -> Sequence[type]:
    return [UUID, datetime, str, *[str] * length]


def _counts(length: int) -> PreparedValues:
    counted = _of_nobody_else(lambda *values: _counted(_heaps(*values)))
    return PreparedValues(_types(length), counted)


def _waiting_page(length: int) -> PreparedRelated[Approval]:
    page = _of_nobody_else(lambda *values: with_names(_waiting(*values))[:PER_PAGE])
    return PreparedRelated(_types(length), page)


def _own_page(rows: Callable[[UUID], QuerySet[Approval]]) -> PreparedRelated[Approval]:
    return PreparedRelated([UUID], lambda person: with_names(rows(person))[:PER_PAGE])


COUNTS = ByLength(_counts)
WAITING_PAGE = ByLength(_waiting_page)
OWN_PAGES = {MINE: _own_page(_mine), DECIDED: _own_page(_decided)}
