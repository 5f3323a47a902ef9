"""The tables of what can be asked for."""

from claims.catalogue.models.data import DataOwner, Level, SensitivityLabel
from claims.catalogue.models.details_type import AuthorizationDetailsType
from claims.catalogue.models.scope import Scope, ScopeCard, ScopePolicy

__all__ = [
    "AuthorizationDetailsType",
    "DataOwner",
    "Level",
    "Scope",
    "ScopeCard",
    "ScopePolicy",
    "SensitivityLabel",
]
