"""People's answers: each counts once, in one capacity; enough of them approve, one denies.

What a yes is worth later on is in `counting.py`.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from consent.approvals import acts
from consent.approvals.card.contents import shown_digest, shown_members
from consent.approvals.deciders.capacities import Capacities, capacities_of
from consent.approvals.deciders.counting import is_complete, standing, votes_that_count
from consent.approvals.deciders.demands import demands_of, keys_of
from consent.approvals.deciders.freshness import require_fresh
from consent.approvals.deciders.handed_over import yes_counts_from
from consent.approvals.deciders.matching import matched
from consent.approvals.errors import (
    AlreadyVotedError,
    HandedOverError,
    NotEligibleError,
    NotPendingError,
    PreviewChangedError,
)
from consent.approvals.models import Approval, ApprovalState, Vote, VoteOutcome, VoteSignature
from consent.approvals.notices import outbox
from consent.approvals.signing.checking import digest_of_signature
from consent.approvals.signing.taking import SignedAnswer, Voting, take
from consent.approvals.terms import terms_of
from consent.approvals.transitions import Move, move
from foundation.directory.sign_in import SignIn
from foundation.journal import acts as history
from foundation.journal.acts import Kind
from foundation.journal.chain.canonical import canonical
from foundation.journal.context import DecisionContext


@dataclass(frozen=True)
class Ballot:
    """What one person says, and what was in front of them."""

    outcome: VoteOutcome
    shown: str
    """`card.shown_digest` of the screen, as the form sent it back."""
    note: str = ""
    """Why, for who asked and for the history."""
    sign_in: SignIn | None = None
    signed: SignedAnswer | None = None
    """What their passkey answered, where a yes is signed."""


@transaction.atomic
def vote(
    approval: Approval, person: UUID, ballot: Ballot, context: DecisionContext
) -> ApprovalState:
    """Count a person's answer and return where the approval stands after it.

    `person` is the key of who votes. Everything is looked at anew under the approval's lock:
    whether it waits, whether the person may vote and has not been counted, the sign-in, the screen.
    Raises NotPendingError, NotEligibleError, AlreadyVotedError, HandedOverError,
    StaleSignInError, PreviewChangedError, UnsignedError; CopiedKeyError when the key that signed
    has to be switched off.
    """
    locked = lock_pending(approval)
    mine = capacities_of([person])[person].for_approval(locked)
    ways = _ways(locked, mine)
    is_signed = ballot.outcome == VoteOutcome.APPROVE and terms_of(locked).needs_signature
    if is_signed and not _is_counted({person}, locked):
        require_seen(locked, ballot, context)
        on_behalf_of, signature = _signed(locked, person, ballot, ways, context)
    else:
        on_behalf_of, signature = _furthest(locked, person, ways), None
    if _is_counted({person, on_behalf_of}, locked):
        raise AlreadyVotedError
    if ballot.outcome == VoteOutcome.APPROVE and person != locked.requester_id:
        _require_own_hands({person, on_behalf_of} - {None})
    if not is_signed:
        require_seen(locked, ballot, context)
    context = replace(acts.by(person, locked, context), reason=ballot.note)
    cast = Vote(voter_id=person, on_behalf_of_id=on_behalf_of, keys=ways[on_behalf_of])
    _cast(locked, cast, signature, ballot, context)
    if ballot.outcome == VoteOutcome.DENY:
        _finish(locked, "deny", ballot, context)
    elif is_complete(locked):
        _finish(locked, "approve", ballot, context)
    return ApprovalState(locked.state)


def lock_pending(approval: Approval) -> Approval:
    """Return the approval under its lock; raise NotPendingError when it waits for nothing.

    Two last votes at once have to see each other, or neither would complete it.
    """
    rows = Approval.objects.select_for_update(of=("self",)).filter(
        pk=approval.pk, state=ApprovalState.PENDING
    )
    locked = rows.filter(expires_at__gt=timezone.now(), client__is_active=True).first()
    if locked is None:
        raise NotPendingError
    return locked


def require_seen(approval: Approval, ballot: Ballot, context: DecisionContext) -> None:
    """Raise unless sign-in and screen are what they have to be at this moment."""
    require_fresh(approval, ballot.sign_in)
    if ballot.shown != shown_digest(approval, context.locale):
        raise PreviewChangedError


def _ways(approval: Approval, mine: Capacities) -> dict[Any | None, list[str]]:
    """Return for whom the person may vote (None: themselves), each with the capacities.

    Raise NotEligibleError when there are none.
    """
    wanted = keys_of(demands_of(approval))
    ways: dict[Any | None, frozenset[str]] = {None: mine.own, **(mine.lent or {})}
    useful = {way: sorted(wanted & keys) for way, keys in ways.items() if wanted & keys}
    if not useful:
        raise NotEligibleError
    return useful


def _furthest(approval: Approval, person: UUID, ways: dict[Any | None, list[str]]) -> Any | None:
    """Return for whom a vote brings it furthest; their own capacities go first."""
    demands, votes = demands_of(approval), votes_that_count(approval)

    def reach(way: Any | None) -> int:
        cast = Vote(voter_id=person, keys=ways[way])
        return sum(matched(*standing(demands, [*votes, cast])).values())

    return max(ways, key=reach)


def _signed(
    approval: Approval,
    person: UUID,
    ballot: Ballot,
    ways: dict[Any | None, list[str]],
    context: DecisionContext,
) -> tuple[Any | None, VoteSignature]:
    """Return for whom the person signed, and the signature."""
    voting = Voting(approval, person, ballot.shown, timezone.now())
    screen = canonical(shown_members(approval, context.locale)).decode()
    return take(voting, ballot.signed, ways, screen)


def _require_own_hands(people: set[Any]) -> None:
    if yes_counts_from(people) is not None:
        raise HandedOverError


def _is_counted(people: set[Any], approval: Approval) -> bool:
    votes = approval.votes.values_list("voter_id", "on_behalf_of_id")
    return bool((people & {person for pair in votes for person in pair}) - {None})


def _cast(
    approval: Approval,
    cast: Vote,
    signature: VoteSignature | None,
    ballot: Ballot,
    context: DecisionContext,
) -> None:
    cast.approval = approval
    cast.outcome = ballot.outcome
    cast.shown_digest = ballot.shown
    cast.note = ballot.note
    cast.acr = context.acr
    cast.address = context.address
    cast.voted_at = timezone.now()
    cast.save(force_insert=True)
    said: dict[str, Any] = {
        "outcome": str(ballot.outcome),
        "stand_in": cast.on_behalf_of_id is not None,
    }
    if signature is not None:
        signature.vote = cast
        signature.save(force_insert=True)
        said["signature"] = digest_of_signature(signature)
    act = acts.of(approval, Kind.QUERY_VOTED, context, shown=ballot.shown, **said)
    principal = str(cast.on_behalf_of_id or "")
    history.record([replace(act, other_id=principal)])


def _finish(approval: Approval, name: str, ballot: Ballot, context: DecisionContext) -> None:
    now = timezone.now()
    values: dict[str, Any] = {"decided_at": now, "shown_digest": ballot.shown}
    if name == "approve":
        until = now + timedelta(seconds=terms_of(approval).approved_seconds)
        values |= {"approved_at": now, "expires_at": until, "note": ballot.note}
    else:
        values |= {"reason": ballot.note}
    if not move(approval, name, Move(context, values, shown=ballot.shown)):
        raise NotPendingError
    outbox.tell_requester(approval)
