"""A decision as it comes to the log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict

from scopeward_guard.vocabulary import Decision, Evaluation

Source = Literal["provider", "authzen", "guard", "opa"]


class Labels(TypedDict, total=False):
    """What stands beside question and answer. `source` and `audience` are always given."""

    source: Source
    """Who decided."""
    audience: str
    """The resource server that the decision is for; the issuer for the provider's own."""
    client_id: str
    """Through which application; the evaluation's own `context.client_id` when it is empty."""
    application: str
    """Its name at that time, where the caller has it at hand."""
    decided_at: datetime | None
    """Now when it is None."""
    decision_id: str
    """The decider's own name for the decision: the same one twice is the same decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionEntry:
    """One decision with its reference; `decision_id` is unique for its source and audience."""

    evaluation: Evaluation
    decision: Decision
    reference: str
    source: Source
    audience: str
    decision_id: str
    decided_at: datetime
    client_id: str = ""
    application: str = ""
