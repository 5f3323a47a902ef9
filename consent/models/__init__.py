"""The tables of consent."""

from consent.models.consent_request import ConsentRequest
from consent.models.decision import Decision, Outcome
from consent.models.details_type import AuthorizationDetailsType
from consent.models.grant import Grant
from consent.models.history import Act, Actor, ChainHead, Kind, PersonalPart, Segment
from consent.models.scope import Card, Policy, Scope

__all__ = [
    "Act",
    "Actor",
    "AuthorizationDetailsType",
    "Card",
    "ChainHead",
    "ConsentRequest",
    "Decision",
    "Grant",
    "Kind",
    "Outcome",
    "PersonalPart",
    "Policy",
    "Scope",
    "Segment",
]
