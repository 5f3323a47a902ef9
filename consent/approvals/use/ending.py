"""Ways out: withdrawn by who asked, revoked, run out, outcome unknown; and going ahead alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.approvals import acts
from consent.approvals.deciders.counting import may_break_glass
from consent.approvals.errors import NoJustificationError, NotEligibleError, NotPendingError
from consent.approvals.models import Approval, ApprovalState, VoteOutcome
from consent.approvals.notices import outbox
from consent.approvals.terms import terms_of
from consent.approvals.transitions import Move, move
from consent.approvals.voting import Ballot, lock_pending, require_seen
from foundation.journal import deny_list
from foundation.journal.context import DecisionContext

LEAST_JUSTIFICATION = 20
"""Characters, spaces at the ends not counted."""
BATCH = 200


def cancel(approval: Approval, person: UUID, context: DecisionContext) -> bool:
    """Withdraw a request, by who asked it; False when there is nothing to withdraw any more."""
    if approval.requester_id is None or person != approval.requester_id:
        raise NotEligibleError
    step = Move(acts.by(person, approval, context), {"decided_at": timezone.now()})
    return move(approval, "cancel", step)


def revoke(approval: Approval, reason: str, context: DecisionContext) -> bool:
    """End an approval that is not over yet, its token included; False when it is over."""
    values = {"reason": reason, "decided_at": timezone.now()}
    with transaction.atomic():
        if not move(approval, "revoke", Move(replace(context, reason=reason), values)):
            return False
        if approval.jti:
            deny_list.deny_token(approval.jti)
        outbox.tell_requester(approval)
    return True


def revoke_unused(context: DecisionContext, **which: Any) -> int:
    """End the approvals that match and have not been used; return how many.

    `which` are lookups, such as `grant`: what they were given with has ended. What is being
    executed goes on: its outcome is still worth knowing.
    """
    unused = Approval.objects.filter(
        state__in=(ApprovalState.PENDING, ApprovalState.APPROVED, ApprovalState.MINTED)
    )
    reason = str(_("The access that it belonged to has ended."))
    return sum(revoke(approval, reason, context) for approval in unused.filter(**which))


def expire_due() -> int:
    """Write down what has expired; return how many. Whatever asks for time has refused it before.

    Safe at any time and twice at once: each is one conditional UPDATE.
    """
    waiting = (ApprovalState.PENDING, ApprovalState.APPROVED, ApprovalState.MINTED)
    return sum(_expire(approval) for approval in _due(*waiting))


def settle_unknown() -> int:
    """Call the outcome unknown where none was reported in time; return how many.

    Nothing is ever run again: whoever asked has to look, and ask anew.
    """
    return sum(move(approval, "give_up", Move()) for approval in _due(ApprovalState.CONSUMED))


@transaction.atomic
def break_glass(
    approval: Approval, person: UUID, justification: str, ballot: Ballot, context: DecisionContext
) -> None:
    """Let who asks go ahead alone; everybody who would have been asked is told at once.

    Raises NoJustificationError, NotPendingError, NotEligibleError, StaleSignInError,
    PreviewChangedError.
    """
    locked = lock_pending(approval)
    if not may_break_glass(locked, person):
        raise NotEligibleError
    if len(justification.strip()) < LEAST_JUSTIFICATION:
        raise NoJustificationError
    require_seen(locked, ballot, context)
    now = timezone.now()
    values = {
        "is_break_glass": True,
        "justification": justification.strip(),
        "approved_at": now,
        "decided_at": now,
        "expires_at": now + timedelta(seconds=terms_of(locked).approved_seconds),
        "shown_digest": ballot.shown,
    }
    by = replace(acts.by(person, locked, context), reason=justification.strip())
    if ballot.outcome != VoteOutcome.APPROVE or not move(
        locked, "override", Move(by, values, shown=ballot.shown)
    ):
        raise NotPendingError
    outbox.tell_overridden(locked)


@transaction.atomic
def _expire(approval: Approval) -> bool:
    was_pending = approval.state == ApprovalState.PENDING
    if not move(approval, "expire", Move()):
        return False
    if was_pending:
        outbox.tell_requester(approval)
    return True


def _due(*states: ApprovalState) -> list[Approval]:
    due = Approval.objects.filter(state__in=states, expires_at__lte=timezone.now())
    return list(due.order_by("expires_at")[:BATCH])
