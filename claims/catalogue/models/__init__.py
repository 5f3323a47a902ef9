"""The tables of what can be asked for."""

from claims.catalogue.models.data import DataOwner, Level, SensitivityLabel
from claims.catalogue.models.details_type import AuthorizationDetailsType
from claims.catalogue.models.scope import Card, Policy, Scope

__all__ = [
    "AuthorizationDetailsType",
    "Card",
    "DataOwner",
    "Level",
    "Policy",
    "Scope",
    "SensitivityLabel",
]
