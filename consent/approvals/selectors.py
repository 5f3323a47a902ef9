"""Reading approvals: an inbox, one of them for somebody who may see it, who is awaited."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.approvals.deciders.capacities import Capacities, capacities_of, holders_by_name
from consent.approvals.deciders.counting import met_by
from consent.approvals.deciders.demands import Demand, demands_of, keys_of, requester_key
from consent.approvals.models import Approval, ApprovalState, Approvers, AwaitedKey, Vote
from foundation.directory.models import User

WITH_NAMES = ("client", "requester")


@dataclass(frozen=True)
class Inbox:
    """What concerns one person, in three heaps."""

    capacities: Capacities

    @property
    def person(self) -> Any:
        """The key of whose inbox it is."""
        return self.capacities.person

    @property
    def waiting(self) -> QuerySet[Approval]:
        """What waits for this person's vote, the first to run out first."""
        rows = Approval.objects.filter(
            state=ApprovalState.PENDING, expires_at__gt=timezone.now(), client__is_active=True
        )
        counted = Vote.objects.filter(
            Q(voter=self.person) | Q(on_behalf_of=self.person), approval=OuterRef("pk")
        )
        return rows.filter(self._may_vote(), ~Exists(counted)).order_by("expires_at")

    @property
    def mine(self) -> QuerySet[Approval]:
        """What this person asked for, newest first."""
        return Approval.objects.filter(requester=self.person).order_by("-created_at")

    @property
    def decided(self) -> QuerySet[Approval]:
        """What this person has voted on, newest first."""
        voted = Vote.objects.filter(voter=self.person, approval=OuterRef("pk"))
        return Approval.objects.filter(Exists(voted)).order_by("-created_at")

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many there are in each heap. One statement."""
        heaps = {"waiting": self.waiting, "mine": self.mine, "decided": self.decided}
        one, *others = (
            rows.order_by().values(heap=Value(name)).annotate(n=Count("pk"))
            for name, rows in heaps.items()
        )
        found = one.union(*others, all=True)
        return dict.fromkeys(heaps, 0) | {row["heap"]: row["n"] for row in found}

    def _may_vote(self) -> Q:
        # The same as `Capacities.for_approval`, as one question to the database.
        own = _awaits([requester_key(self.person)]) & Q(requester=self.person)
        others = _awaits(self.capacities.own) & ~Q(requester=self.person)
        for away, keys in (self.capacities.lent or {}).items():
            others |= _awaits(keys) & ~Q(requester=self.person) & ~Q(requester=away)
        return own | others


def inbox_of(person: UUID) -> Inbox:
    """Return a person's inbox. Three statements, and those of what is looked at."""
    return Inbox(capacities_of([person])[person])


@dataclass(frozen=True)
class Seen:
    """An approval as one person may see it."""

    approval: Approval
    is_requester: bool
    may_vote: bool
    votes: tuple[Vote, ...]
    """Those given so far, oldest first, with names."""
    on_behalf_of: Any | None = None
    """Key of who is away, when only their capacity gives the vote."""


def seen_by(person: UUID, approval_id: UUID) -> Seen | None:
    """Return an approval for who asked, may vote or has voted; None for everybody else."""
    rows = Approval.objects.select_related(*WITH_NAMES)
    approval = rows.filter(pk=approval_id).first()
    if approval is None:
        return None
    mine = capacities_of([person])[person].for_approval(approval)
    wanted = keys_of(demands_of(approval))
    lent = [away for away, keys in (mine.lent or {}).items() if wanted & keys]
    has_way = bool(wanted & mine.own or lent)
    votes = tuple(votes_on(approval))
    is_counted = any(person in (vote.voter_id, vote.on_behalf_of_id) for vote in votes)
    is_requester = person == approval.requester_id
    if not (is_requester or has_way or is_counted):
        return None
    is_open = approval.state == ApprovalState.PENDING and not approval.has_run_out
    away = lent[0] if lent and not wanted & mine.own else None
    may_vote = has_way and not is_counted and is_open and approval.client.is_active
    return Seen(approval, is_requester, may_vote, votes, away)


@dataclass(frozen=True)
class Awaited:
    """One demand in words: whom it waits for, and how far it is."""

    whom: str
    about: tuple[str, ...]
    needed: int
    met: int

    @property
    def is_met(self) -> bool:
        """Whether nobody is awaited here any more."""
        return self.met >= self.needed


def awaited(approval: Approval) -> list[Awaited]:
    """Return what an approval waits for, demand by demand."""
    return awaited_by(demands_of(approval), met_by(approval))


def awaited_by(demands: Sequence[Demand], met: Mapping[int, int] | None = None) -> list[Awaited]:
    """Return demands in words; `met` is how many people have met each, by its place."""
    met = met or {}
    named = [demand for demand in demands if demand.who in {Approvers.OWNER, Approvers.PEOPLE}]
    names = holders_by_name(keys_of(named))
    return [
        Awaited(
            whom=_whom(demand, (name for key in demand.keys for name in names.get(key, ()))),
            about=demand.about,
            needed=demand.needed,
            met=met.get(place, 0),
        )
        for place, demand in enumerate(demands)
    ]


def names_of(people: Iterable[Any]) -> dict[Any, str]:
    """Return what people are called, by key. One statement, none for nobody."""
    wanted = set(people) - {None}
    if not wanted:
        return {}
    rows = User.objects.filter(pk__in=wanted)
    return {row.pk: row.get_full_name() for row in rows}


def votes_on(approval: Approval) -> QuerySet[Vote]:
    """Return the votes with the names of who gave them, oldest first."""
    return approval.votes.select_related("voter", "on_behalf_of").order_by("voted_at")


def _whom(demand: Demand, names: Iterable[str]) -> str:
    people = ", ".join(sorted(set(names)))
    if demand.who == Approvers.REQUESTER:
        return _("Whoever asks")
    if demand.who == Approvers.ROLE:
        return _("Somebody with the role %(role)s") % {"role": demand.keys[0].partition(":")[2]}
    if demand.who == Approvers.OWNER:
        return _("Owner of the data: %(people)s") % {"people": people}
    return people


def _awaits(keys: Iterable[str]) -> Q:
    return Q(Exists(AwaitedKey.objects.filter(approval=OuterRef("pk"), key__in=list(keys))))
