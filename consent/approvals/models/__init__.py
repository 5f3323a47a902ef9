"""The tables of approvals."""

from consent.approvals.models.approval import Approval, ApprovalState, AwaitedKey, Vote, VoteOutcome
from consent.approvals.models.notices import Event, Notice, WebhookEndpoint
from consent.approvals.models.rules import ApprovalRule, Approvers, Delegation
from consent.approvals.models.signatures import VoteSignature

__all__ = [
    "Approval",
    "ApprovalRule",
    "ApprovalState",
    "Approvers",
    "AwaitedKey",
    "Delegation",
    "Event",
    "Notice",
    "Vote",
    "VoteOutcome",
    "VoteSignature",
    "WebhookEndpoint",
]
