"""The shared vocabulary of decisions: OpenID AuthZEN Authorization API 1.0 §5 and §6."""

from scopeward_guard._authzen.parsing import parse_decision, parse_evaluation
from scopeward_guard._authzen.vocabulary import (
    Action,
    Decision,
    Entity,
    Evaluation,
    Obligation,
    Policy,
    Properties,
    Remedy,
)

__all__ = [
    "Action",
    "Decision",
    "Entity",
    "Evaluation",
    "Obligation",
    "Policy",
    "Properties",
    "Remedy",
    "parse_decision",
    "parse_evaluation",
]
