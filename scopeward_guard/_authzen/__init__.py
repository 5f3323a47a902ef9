"""The shared vocabulary of decisions: OpenID AuthZEN Authorization API 1.0 §5 and §6."""

from scopeward_guard._authzen.parsing import parse_decision, parse_evaluation
from scopeward_guard._authzen.questions import (
    FACTS,
    WHOLE,
    Circumstances,
    Unknown,
    known,
    query_resource,
    question,
    table_of,
)
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
    "FACTS",
    "WHOLE",
    "Action",
    "Circumstances",
    "Decision",
    "Entity",
    "Evaluation",
    "Obligation",
    "Policy",
    "Properties",
    "Remedy",
    "Unknown",
    "known",
    "parse_decision",
    "parse_evaluation",
    "query_resource",
    "question",
    "table_of",
]
