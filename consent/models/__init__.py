"""The tables of consent."""

from consent.models.consent_request import ConsentRequest, Intent
from consent.models.decision import Decision, Outcome
from consent.models.deny_list_entry import DenyListEntry
from consent.models.grant import ORDINARY, Grant
from consent.models.history import Act, Actor, ChainHead, Kind, PersonalPart, Segment
from consent.models.scope import Card, Policy, Scope

__all__ = [
    "ORDINARY",
    "Act",
    "Actor",
    "Card",
    "ChainHead",
    "ConsentRequest",
    "Decision",
    "DenyListEntry",
    "Grant",
    "Intent",
    "Kind",
    "Outcome",
    "PersonalPart",
    "Policy",
    "Scope",
    "Segment",
]
