"""The tables of policy."""

from policy.models.acts import ActKind, PolicyAct
from policy.models.decisions import LoggedDecision, LoggedName
from policy.models.sets import PolicyCase, PolicySet, PolicyVersion, State

__all__ = [
    "ActKind",
    "LoggedDecision",
    "LoggedName",
    "PolicyAct",
    "PolicyCase",
    "PolicySet",
    "PolicyVersion",
    "State",
]
