"""What has become of the details of one consent request, and what tokens may say of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from consent.approvals.models import Approval, ApprovalState, VoteOutcome
from consent.models import ConsentRequest


@dataclass(frozen=True)
class DetailsOutcome:
    """Where the approvals stand that one answer led to."""

    approved: tuple[dict[str, Any], ...] = ()
    """The details that a token may carry, enriched, in the order they were asked for."""
    waiting_at: str = ""
    """The page of the first that waits for other people; empty: none waits."""
    ended: frozenset[ApprovalState] = frozenset()
    """How the others ended: denied, expired, cancelled, revoked."""


NOTHING = DetailsOutcome()


def outcome_of(request: ConsentRequest) -> DetailsOutcome:
    """Return what has become of the details; nothing before the person has answered.

    Only `consent.answering.services.decide` lodges for a consent request, so no detail gets past
    the person who was asked. No statement without details.
    """
    if request.decided_at is None or not request.authorization_details:
        return NOTHING
    lodged = Approval.objects.filter(consent_request=request).order_by("created_at")
    return summed_up(lodged.prefetch_related("votes"))


def outcome_of_all(approval_ids: Iterable[UUID]) -> DetailsOutcome:
    """Return what has become of approvals that were lodged without a consent request."""
    lodged = Approval.objects.filter(pk__in=list(approval_ids)).order_by("created_at")
    return summed_up(lodged.prefetch_related("votes"))


def approved_exactly(
    digests: Collection[str],
    *,
    requester_id: UUID | None,
    client_id: int,
    grant_id: UUID | None,
) -> dict[str, dict[str, Any]]:
    """Return the details that are approved and not yet in a token, enriched, by their digest.

    Only those of this very person (None: of a client for itself), client and grant. One statement,
    and one for the votes.
    """
    standing = Approval.objects.filter(
        state=ApprovalState.APPROVED,
        expires_at__gt=timezone.now(),
        detail_digest__in=list(digests),
        requester=requester_id,
        client=client_id,
        grant=grant_id,
    )
    rows = standing.order_by("-created_at").prefetch_related("votes")
    return {approval.detail_digest: enriched(approval) for approval in rows}


def summed_up(approvals: Iterable[Approval]) -> DetailsOutcome:
    """Return where several approvals stand together."""
    standing = [(approval, _state(approval)) for approval in approvals]
    waiting = [approval for approval, state in standing if state == ApprovalState.PENDING]
    return DetailsOutcome(
        approved=tuple(
            enriched(found) for found, state in standing if state == ApprovalState.APPROVED
        ),
        waiting_at=waiting[0].get_waiting_url() if waiting else "",
        ended=frozenset(state for _, state in standing)
        - {ApprovalState.PENDING, ApprovalState.APPROVED},
    )


def enriched(approval: Approval) -> dict[str, Any]:
    """Return an approved detail with what the provider adds (RFC 9396 §7.1).

    What it adds is `scopeward_guard.vocabulary.ADDED`; `detail_digest` is of all the rest.
    Approvers are named as tokens name people (`sub`), and by nothing else; `emergency` is there
    when nobody else was waited for.
    """
    yes = [cast for cast in approval.votes.all() if cast.outcome == VoteOutcome.APPROVE]
    alone = [approval.requester_id] if approval.is_break_glass else []
    approvers = dict.fromkeys([*(cast.voter_id for cast in yes), *alone])
    return {
        **approval.detail,
        "approval_id": str(approval.pk),
        "detail_digest": approval.detail_digest,
        "approvers": [str(person) for person in approvers],
        "policy_rev": approval.policy_rev,
        "txn": approval.txn,
        **({"emergency": True} if approval.is_break_glass else {}),
    }


def forget_way_back(request_id: Any) -> None:
    """Lead nobody back to a request that has been answered: it would be gone."""
    Approval.objects.filter(consent_request=request_id).exclude(return_to="").update(return_to="")


def way_back_of(approval: Approval) -> str:
    """Return where who asked goes on now; empty when nothing waits there any more."""
    asked = approval.consent_request
    return "" if asked is not None and asked.has_expired else approval.return_to


def _state(approval: Approval) -> ApprovalState:
    # What has run out counts as such before the beat has written it down.
    open_states = {ApprovalState.PENDING, ApprovalState.APPROVED}
    if approval.state in open_states and approval.has_run_out:
        return ApprovalState.EXPIRED
    return ApprovalState(approval.state)
