"""The tables of policy."""

from policy.models.decisions import LoggedDecision, LoggedName
from policy.models.sets import PolicyCase, PolicySet, PolicyVersion, VersionState

__all__ = [
    "LoggedDecision",
    "LoggedName",
    "PolicyCase",
    "PolicySet",
    "PolicyVersion",
    "VersionState",
]
