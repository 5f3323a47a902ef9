"""Taking a person's answer about details: each yes is lodged, and counted where it may be."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from consent.approvals.answering.asking import DetailQuestion
from consent.approvals.card.contents import shown_digest
from consent.approvals.deciders.demands import demands_of
from consent.approvals.lodging.services import lodge
from consent.approvals.models import Approval, VoteOutcome
from consent.approvals.terms import ApprovalTerms
from consent.approvals.voting import Ballot, vote
from consent.models import ConsentRequest, Grant
from foundation.directory.sign_in import SignIn
from foundation.journal import acts as history
from foundation.journal.acts import Entry, Kind
from foundation.journal.context import DecisionContext


@dataclass(frozen=True)
class DetailsAnswer:
    """Which details the person said yes to, by digest, and how they had signed in."""

    approved: Collection[str] = ()
    sign_in: SignIn | None = None

    def chosen(self, asked: Iterable[DetailQuestion]) -> list[DetailQuestion]:
        """Return those of the asked that were said yes to and may be approved at all."""
        return [item for item in asked if item.may_be_approved and item.digest in self.approved]


def lodge_answered(
    request: ConsentRequest,
    grant: Grant,
    asked: Collection[DetailQuestion],
    answer: DetailsAnswer,
    context: DecisionContext,
) -> datetime | None:
    """Lodge what was said yes to, count the person's own vote, and record every no.

    Returns until when the last answer may come; None when nothing was lodged. Call it in the
    transaction of the decision. Raises StaleSignInError where the person's own yes counts and the
    sign-in is not good enough for it, and what `lodge` raises.
    """
    chosen = answer.chosen(asked)
    txn, patience = str(uuid4()), _patience(chosen)
    ends = []
    for item in chosen:
        assert item.lodging is not None  # noqa: S101 - what may be approved can be lodged
        lodging = replace(
            item.lodging,
            terms=_patient(item.lodging.terms, patience),
            txn=txn,
            grant_id=grant.pk,
            consent_request_id=request.pk,
            binding_message=request.binding_message,
            return_to=request.return_to,
        )
        approval = lodge(lodging, context)
        # What is signed is answered on its own page, where its passkey is asked.
        if not item.needs_signature and any(
            demand.is_for_the_requester for demand in demands_of(approval)
        ):
            _vote(approval, answer, context)
        ends.append(approval.created_at + timedelta(seconds=patience))
    refuse(request, [item for item in asked if item not in chosen], context)
    return max(ends, default=None)


def refuse(
    request: ConsentRequest, asked: Iterable[DetailQuestion], context: DecisionContext
) -> None:
    """Record that the person did not want these, or that nobody could have approved them.

    They are not lodged: nobody else is bothered with what is not wanted.
    """
    history.record([_refused(request, item, context) for item in asked])


def _vote(approval: Approval, answer: DetailsAnswer, context: DecisionContext) -> None:
    # The person has seen this card: the fingerprint of the whole screen says so.
    shown = shown_digest(approval, context.locale)
    ballot = Ballot(VoteOutcome.APPROVE, shown, sign_in=answer.sign_in)
    assert approval.requester_id is not None  # noqa: S101 - lodged for the person of the screen
    vote(approval, approval.requester_id, ballot, context)


def _patience(chosen: Collection[DetailQuestion]) -> int:
    """Return how many seconds it may take until all that was chosen has become a token."""
    waiting = [
        item.terms.pending_seconds
        for item in chosen
        if item.waits_for_others or item.needs_signature
    ]
    approved = [item.terms.approved_seconds for item in chosen]
    return max(waiting, default=0) + max(approved, default=0)


def _patient(terms: ApprovalTerms, patience: int) -> ApprovalTerms:
    """Let a yes last until the others asked for together with it have been answered."""
    return replace(terms, approved_seconds=max(terms.approved_seconds, patience))


def _refused(request: ConsentRequest, item: DetailQuestion, context: DecisionContext) -> Entry:
    return Entry(
        kind=Kind.QUERY_DENIED,
        actor=context.actor,
        person=request.user_id,
        client=request.client_id,
        scope=item.type,
        locale=context.locale,
        acr=context.acr,
        detail={"request": str(request.pk), "detail": item.digest},
        at=timezone.now(),
        actor_id=context.actor_id,
        address=context.address or "",
        user_agent=context.user_agent,
        reason=item.problem,
        shown=item.fingerprint,
    )
