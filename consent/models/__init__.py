"""The tables of consent."""

from consent.models.consent_request import ConsentRequest
from consent.models.decision import Decision, Outcome
from consent.models.deny_list_entry import DenyListEntry
from consent.models.grant import Grant
from consent.models.history import Act, Actor, ChainHead, Kind, PersonalPart, Segment
from consent.models.scope import Card, Policy, Scope

__all__ = [
    "Act",
    "Actor",
    "Card",
    "ChainHead",
    "ConsentRequest",
    "Decision",
    "DenyListEntry",
    "Grant",
    "Kind",
    "Outcome",
    "PersonalPart",
    "Policy",
    "Scope",
    "Segment",
]
