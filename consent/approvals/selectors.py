"""Reading one approval for somebody who may see it; who is awaited."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from consent.approvals.deciders.capacities import Capacities, capacities_of, holders_by_name
from consent.approvals.deciders.counting import met_by
from consent.approvals.deciders.demands import Demand, demands_of, keys_of
from consent.approvals.models import Approval, ApprovalState, Approvers, Vote, VoteOutcome
from consent.approvals.terms import terms_of
from foundation.base.prepared.related import PreparedRelated
from foundation.directory.models import User

SHOWN = (
    "type", "audience", "canonical", "detail_digest", "state", "demands", "terms", "binding_code",
    "created_at", "expires_at", "row_count", "reason", "justification", "is_break_glass",
    "address", "policy_rev", "return_to", "consent_request", "client__name", "client__logo_uri",
    "client__client_uri", "client__is_verified", "client__is_active",
)  # fmt: skip
"""What the pages of an approval show, of it and of the application that asks."""
OF_VOTES = ("approval", "keys", "outcome", "note", "voted_at")


@dataclass(frozen=True)
class Seen:
    """An approval as one person may see it."""

    approval: Approval
    is_requester: bool
    is_open: bool
    """Whether it waits for answers."""
    may_vote: bool
    votes: tuple[Vote, ...]
    """Those given so far, oldest first, with names."""
    held: Mapping[Any, Capacities]
    """The capacities of who gave them, as they are now."""
    on_behalf_of: Any | None = None
    """Key of who is away, when only their capacity gives the vote."""

    @property
    def has_signatures(self) -> bool:
        """Whether there is a receipt: somebody signed a yes."""
        is_signed = terms_of(self.approval).needs_signature
        return is_signed and any(vote.outcome == VoteOutcome.APPROVE for vote in self.votes)


def seen_by(person: UUID, approval_id: UUID) -> Seen | None:
    """Return an approval for who asked, may vote or has voted; None for everybody else.

    Five statements.
    """
    found = _APPROVAL.objects(approval_id)
    if not found:
        return None
    approval, votes = found[0], tuple(_VOTES.objects(approval_id))
    held = capacities_of({person, *(vote.voter_id for vote in votes)})
    mine = held[person].for_approval(approval)
    wanted = keys_of(demands_of(approval))
    lent = [away for away, keys in (mine.lent or {}).items() if wanted & keys]
    has_way = bool(wanted & mine.own or lent)
    is_counted = any(person in (vote.voter_id, vote.on_behalf_of_id) for vote in votes)
    is_requester = person == approval.requester_id
    if not (is_requester or has_way or is_counted):
        return None
    is_open = approval.state == ApprovalState.PENDING and not approval.has_run_out
    away = lent[0] if lent and not wanted & mine.own else None
    may_vote = has_way and not is_counted and is_open and approval.client.is_active
    return Seen(
        approval=approval,
        is_requester=is_requester,
        is_open=is_open,
        may_vote=may_vote,
        votes=votes,
        held=held,
        on_behalf_of=away,
    )


@dataclass(frozen=True)
class Awaited:
    """One demand in words: whom it waits for, and how far it is."""

    whom: str
    about: tuple[str, ...]
    needed: int
    met: int
    is_signed: bool = False
    """Whether they sign what they agree to."""

    @property
    def is_met(self) -> bool:
        """Whether nobody is awaited here any more."""
        return self.met >= self.needed


def awaited(seen: Seen) -> list[Awaited]:
    """Return what an approval waits for, demand by demand; nothing once it waits for nobody.

    Two statements at most, for the names.
    """
    if not seen.is_open:
        return []
    met = met_by(seen.approval, seen.votes, seen.held)
    is_signed = terms_of(seen.approval).needs_signature
    return awaited_by(demands_of(seen.approval), met, is_signed=is_signed)


def awaited_by(
    demands: Sequence[Demand], met: Mapping[int, int] | None = None, *, is_signed: bool = False
) -> list[Awaited]:
    """Return demands in words; `met` is how many people have met each, by its place.

    `is_signed` says whether what they agree to is signed.
    """
    met = met or {}
    named = [demand for demand in demands if demand.who in {Approvers.OWNER, Approvers.PEOPLE}]
    names = holders_by_name(keys_of(named))
    return [
        Awaited(
            whom=_whom(demand, (name for key in demand.keys for name in names.get(key, ()))),
            about=demand.about,
            needed=demand.needed,
            met=met.get(place, 0),
            is_signed=is_signed,
        )
        for place, demand in enumerate(demands)
    ]


def name_of(person: UUID) -> str:
    """Return what somebody is called; empty for nobody. One statement."""
    return next((row.get_full_name() for row in _PERSON.objects(person)), "")


def _approval(approval_id: UUID) -> QuerySet[Approval]:
    rows = Approval.objects.filter(pk=approval_id).select_related("client", "requester")
    return rows.only(*SHOWN, *_names("requester"))


def _votes(approval_id: UUID) -> QuerySet[Vote]:
    rows = Vote.objects.filter(approval=approval_id).select_related("voter", "on_behalf_of")
    shown = rows.only(*OF_VOTES, *_names("voter"), *_names("on_behalf_of"))
    return shown.order_by("voted_at")


def _person(person: UUID) -> QuerySet[User]:
    found: QuerySet[User] = User.objects.filter(pk=person)
    return found.only(*User.NAMED_BY)


def _names(person: str) -> Iterator[str]:
    return (f"{person}__{column}" for column in User.NAMED_BY)


_APPROVAL: PreparedRelated[Approval] = PreparedRelated([UUID], _approval)
_VOTES: PreparedRelated[Vote] = PreparedRelated([UUID], _votes)
_PERSON: PreparedRelated[User] = PreparedRelated([UUID], _person)


def _whom(demand: Demand, names: Iterable[str]) -> str:
    people = ", ".join(sorted(set(names)))
    if demand.who == Approvers.REQUESTER:
        return _("Whoever asks")
    if demand.who == Approvers.ROLE:
        return _("Somebody with the role %(role)s") % {"role": demand.keys[0].partition(":")[2]}
    if demand.who == Approvers.OWNER:
        return _("Owner of the data: %(people)s") % {"people": people}
    return people
