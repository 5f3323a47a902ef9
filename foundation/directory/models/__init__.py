"""The two nouns that everything is about: people and applications; and how people sign in."""

from foundation.directory.models.client import Client
from foundation.directory.models.ends import GroupMembership
from foundation.directory.models.imports import ImportRow, PeopleImport
from foundation.directory.models.invitation import Invitation
from foundation.directory.models.level import SignInLevel
from foundation.directory.models.risk import FailedSignIn, RiskThreshold, RiskWeight, SignInRecord
from foundation.directory.models.user import User

__all__ = [
    "Client",
    "FailedSignIn",
    "GroupMembership",
    "ImportRow",
    "Invitation",
    "PeopleImport",
    "RiskThreshold",
    "RiskWeight",
    "SignInLevel",
    "SignInRecord",
    "User",
]
