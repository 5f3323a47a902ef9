"""The tables of consent."""

from consent.approvals.models import (
    Approval,
    ApprovalRule,
    AwaitedKey,
    DataOwner,
    Delegation,
    Notice,
    SensitivityLabel,
    Vote,
    WebhookEndpoint,
)
from consent.models.consent_request import ConsentRequest, Intent
from consent.models.decision import Decision, Outcome
from consent.models.deny_list_entry import DenyListEntry
from consent.models.details_type import AuthorizationDetailsType
from consent.models.grant import ORDINARY, Grant
from consent.models.history import Act, Actor, ChainHead, Kind, PersonalPart, Segment
from consent.models.scope import Card, Policy, Scope

__all__ = [
    "ORDINARY",
    "Act",
    "Actor",
    "Approval",
    "ApprovalRule",
    "AuthorizationDetailsType",
    "AwaitedKey",
    "Card",
    "ChainHead",
    "ConsentRequest",
    "DataOwner",
    "Decision",
    "Delegation",
    "DenyListEntry",
    "Grant",
    "Intent",
    "Kind",
    "Notice",
    "Outcome",
    "PersonalPart",
    "Policy",
    "Scope",
    "Segment",
    "SensitivityLabel",
    "Vote",
    "WebhookEndpoint",
]
