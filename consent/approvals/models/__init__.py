"""The tables of approvals."""

from consent.approvals.models.approval import Approval, ApprovalState, AwaitedKey, Vote, VoteOutcome
from consent.approvals.models.notices import Event, Notice, WebhookEndpoint
from consent.approvals.models.rules import ApprovalRule, Approvers, Delegation

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
    "WebhookEndpoint",
]
