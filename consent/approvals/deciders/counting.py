"""Which votes count now: a yes is worth what its giver may say at this moment, not what it was.

It is asked when an approval becomes complete, when its token is minted, and whenever that is used.
A yes counts in the capacities in which it was given and that its giver still holds: who has lost
the role, has handed over the data, is no longer active or stands in for nobody any more has said
nothing; and so has who stood in for somebody who is no longer there, or has lost the capacity.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from claims.holders import has, subjects
from consent.approvals.deciders.capacities import ROLES, Capacities, capacities_of
from consent.approvals.deciders.demands import Demand, demands_of
from consent.approvals.deciders.matching import is_met, matched
from consent.approvals.models import Approval, Vote, VoteOutcome
from consent.approvals.signing.checking import counts
from consent.approvals.terms import terms_of


def votes_that_count(approval: Approval) -> list[Vote]:
    """Return each yes that counts now, unsaved `keys` cut down to what still holds.

    One statement without votes, four with.
    """
    given = approval.votes.filter(outcome=VoteOutcome.APPROVE).select_related("signature")
    cast = [vote for vote in given if counts(approval, vote)]
    return _still_held(approval, cast, capacities_of({vote.voter_id for vote in cast}))


def met_by(
    approval: Approval, votes: Iterable[Vote], held: Mapping[Any, Capacities]
) -> dict[int, int]:
    """Return how many people have met each demand, by its place. No statement.

    `votes` are all that were given, `held` the capacities of who gave them, as they are now.
    """
    yes = [vote for vote in votes if vote.outcome == VoteOutcome.APPROVE]
    return matched(*standing(demands_of(approval), _still_held(approval, yes, held)))


def is_complete(approval: Approval) -> bool:
    """Whether those who said yes meet every demand at this moment."""
    return is_met(*standing(demands_of(approval), votes_that_count(approval)))


def still_agreed(approval: Approval) -> bool:
    """Whether what was approved once would be approved by the same people now.

    Where nobody but who asks had to agree there is nothing to look up: whether that person is
    active everybody checks anyway. Four statements otherwise, one after emergency access.
    """
    return approval.pk in still_agreed_among([approval])


def still_agreed_among(approvals: Collection[Approval]) -> set[UUID]:
    """Return the keys of those to which `still_agreed` applies. As many statements as for one."""
    open_ones = [approval for approval in approvals if _has_others(approval)]
    agreed = {approval.pk for approval in approvals} - {approval.pk for approval in open_ones}
    of_votes = [approval for approval in open_ones if not approval.is_break_glass]
    yes: dict[Any, list[Vote]] = {approval.pk: [] for approval in of_votes}
    if yes:
        given = Vote.objects.filter(approval__in=yes, outcome=VoteOutcome.APPROVE)
        named = {approval.pk: approval for approval in of_votes}
        for vote in given.select_related("signature"):
            if counts(named[vote.approval_id], vote):
                yes[vote.approval_id].append(vote)
    held = capacities_of({vote.voter_id for votes in yes.values() for vote in votes})
    for approval in of_votes:
        counted = _still_held(approval, yes[approval.pk], held)
        if is_met(*standing(demands_of(approval), counted)):
            agreed.add(approval.pk)
    alone = [approval for approval in open_ones if approval.is_break_glass]
    return agreed | {one.pk for one in alone if may_break_glass(one, one.requester_id)}


def may_break_glass(approval: Approval, person: UUID | None) -> bool:
    """Whether this person asked, and has the role that every demand on others names for it.

    Nobody goes ahead alone where a yes is signed: no signature would be under it.
    """
    if terms_of(approval).needs_signature:
        return False
    if person is None or person != approval.requester_id:
        return False
    of_others = [demand for demand in demands_of(approval) if not demand.is_for_the_requester]
    roles = {demand.break_glass_role for demand in of_others}
    if not roles or "" in roles:
        return False
    subject = subjects([person]).get(person)
    return subject is not None and all(has(subject, ROLES, role) for role in roles)


def standing(
    demands: Sequence[Demand], votes: Iterable[Vote]
) -> tuple[list[int], dict[Any, list[int]]]:
    """Return what is needed, and which demands each voter may meet."""
    able = {cast.voter_id: _places(demands, cast.keys) for cast in votes}
    return [demand.needed for demand in demands], able


def _has_others(approval: Approval) -> bool:
    if terms_of(approval).needs_signature:
        return True  # whoever gave it: its signature is looked at
    return any(not demand.is_for_the_requester for demand in demands_of(approval))


def _still_held(
    approval: Approval, votes: Iterable[Vote], held: Mapping[Any, Capacities]
) -> list[Vote]:
    counted = []
    for vote in votes:
        now = held[vote.voter_id].for_approval(approval)
        lent = now.lent or {}
        keys = now.own if vote.on_behalf_of_id is None else lent.get(vote.on_behalf_of_id, ())
        # Under an own name nothing is said that was lent, and the other way round.
        if still := sorted(set(vote.keys).intersection(keys)):
            counted.append(Vote(voter_id=vote.voter_id, keys=still))
    return counted


def _places(demands: Sequence[Demand], keys: Iterable[str]) -> list[int]:
    asked = set(keys)
    return [place for place, demand in enumerate(demands) if asked.intersection(demand.keys)]
