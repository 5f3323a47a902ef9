"""The tables of consent."""

from consent.models.consent_request import ConsentRequest, Intent
from consent.models.decision import Decision, Outcome
from consent.models.grant import ORDINARY, Grant

__all__ = ["ORDINARY", "ConsentRequest", "Decision", "Grant", "Intent", "Outcome"]
