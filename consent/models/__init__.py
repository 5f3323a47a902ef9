"""The tables of consent."""

from consent.models.consent_request import ConsentRequest, Intent
from consent.models.decision import DecisionOutcome, ScopeDecision
from consent.models.grant import ORDINARY, Grant

__all__ = ["ORDINARY", "ConsentRequest", "DecisionOutcome", "Grant", "Intent", "ScopeDecision"]
