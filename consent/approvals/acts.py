"""What the history keeps of an approval. Statements may be personal: only their digest is kept."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils import timezone

from consent.approvals.models import Approval
from consent.approvals.terms import terms_of
from foundation.journal.acts import Actor, Entry, Kind
from foundation.journal.context import DecisionContext


def of(
    approval: Approval,
    kind: Kind,
    context: DecisionContext,
    *,
    shown: str = "",
    **more: Any,
) -> Entry:
    """Return the act of something happening to an approval; `more` are texts and whole numbers."""
    return Entry(
        kind=kind,
        actor=context.actor,
        person=approval.requester_id,
        client=approval.client_id,
        scope=approval.type,
        locale=context.locale,
        acr=context.acr,
        detail={**_facts(approval, kind), **more},
        at=timezone.now(),
        actor_id=context.actor_id,
        address=context.address or "",
        user_agent=context.user_agent,
        reason=context.reason,
        shown=shown,
    )


def by(person: UUID, approval: Approval, context: DecisionContext) -> DecisionContext:
    """Return the context of a person acting on an approval, by name when it is somebody else."""
    if person == approval.requester_id:
        return replace(context, actor=Actor.PERSON, actor_id="")
    return replace(context, actor=Actor.APPROVER, actor_id=str(person))


def _facts(approval: Approval, kind: Kind) -> dict[str, Any]:
    facts: dict[str, Any] = {"approval": str(approval.pk), "state": str(approval.state)}
    if kind is Kind.QUERY_REQUESTED:
        facts |= {
            "audience": approval.audience,
            "detail": approval.detail_digest,
            "query": approval.query_hash,
            "policy": approval.policy_rev,
            "txn": approval.txn,
        }
        if terms_of(approval).needs_signature:
            facts["signed"] = True
    if kind in {Kind.QUERY_MINTED, Kind.QUERY_CONSUMED}:
        facts["jti"] = approval.jti
    if kind is Kind.QUERY_EXECUTED:
        facts["rows"] = approval.row_count
    return facts
