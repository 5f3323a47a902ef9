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
from consent.models.consent_request import ConsentRequest
from consent.models.decision import Decision, Outcome
from consent.models.details_type import AuthorizationDetailsType
from consent.models.grant import Grant
from consent.models.history import Act, Actor, ChainHead, Kind, PersonalPart, Segment
from consent.models.scope import Card, Policy, Scope

__all__ = [
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
    "Grant",
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
