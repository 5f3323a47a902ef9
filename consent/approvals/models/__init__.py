"""The tables of approvals."""

from consent.approvals.models.approval import Approval, AwaitedKey, State, Vote, VoteOutcome
from consent.approvals.models.notices import Event, Notice, WebhookEndpoint
from consent.approvals.models.rules import (
    ApprovalRule,
    Approvers,
    DataOwner,
    Delegation,
    Level,
    SensitivityLabel,
)

__all__ = [
    "Approval",
    "ApprovalRule",
    "Approvers",
    "AwaitedKey",
    "DataOwner",
    "Delegation",
    "Event",
    "Level",
    "Notice",
    "SensitivityLabel",
    "State",
    "Vote",
    "VoteOutcome",
    "WebhookEndpoint",
]
