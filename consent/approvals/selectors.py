"""Reading one approval for somebody who may see it; who is awaited."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from consent.approvals.deciders.capacities import capacities_of, holders_by_name
from consent.approvals.deciders.counting import met_by
from consent.approvals.deciders.demands import Demand, demands_of, keys_of
from consent.approvals.models import Approval, ApprovalState, Approvers, Vote
from foundation.directory.models import User

WITH_NAMES = ("client", "requester")


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
