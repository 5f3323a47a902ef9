"""Protect a resource server: access tokens, step-up challenges, approvals for single queries.

Everything for resource servers and for their clients is imported from here. Besides there are
`scopeward_guard.adapters` for frameworks, `scopeward_guard.sql` and `scopeward_guard.graphql` for
reading queries, and `scopeward_guard.cedar` for policies in this process; what the provider shares
with the library is in `scopeward_guard.vocabulary` and `scopeward_guard.jose`. What has an
underscore in its path may move any day.

A name is imported when it is first asked for, so that each costs no more than it needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scopeward_guard._authzen import (
        Action,
        Decision,
        Entity,
        Evaluation,
        Obligation,
        Policy,
        Remedy,
    )
    from scopeward_guard._base.errors import (
        BadTokenError,
        GuardError,
        MalformedError,
        UnavailableError,
    )
    from scopeward_guard._binding.binding import covers, detail_digest
    from scopeward_guard._binding.details import query_detail
    from scopeward_guard._binding.digest import Query
    from scopeward_guard._challenges.challenge import Challenge, HttpAnswer, Remediation
    from scopeward_guard._challenges.client import is_remediable, pushed_parameters, read_refusal
    from scopeward_guard._challenges.refused import RefusedError
    from scopeward_guard._challenges.request import PresentedRequest, presented
    from scopeward_guard._decisions.context import RequestContext
    from scopeward_guard._decisions.opa import OpaPolicy
    from scopeward_guard._decisions.requirements import Requirement, requirement
    from scopeward_guard._decisions.resources import endpoint, field, record
    from scopeward_guard._gates.admission import (
        Admission,
        AsyncAdmission,
        SpentError,
        TooManyRowsError,
    )
    from scopeward_guard._gates.query_gate import AsyncQueryGate, QueryGate
    from scopeward_guard._gates.query_request import QueryRequest
    from scopeward_guard._gates.sql_gate import AsyncSqlGate, SqlGate, SqlSource
    from scopeward_guard._gates.sql_query import SqlQuery
    from scopeward_guard._gates.sql_result import SqlFailedError, SqlResult, SqlRows, json_value
    from scopeward_guard._guard.async_guard import AsyncGuard
    from scopeward_guard._guard.guard import Guard
    from scopeward_guard._guard.routes import Route, Routes
    from scopeward_guard._provider.settings import GuardSettings, SettingError, WhenStale
    from scopeward_guard._tokens.principal import Principal
    from scopeward_guard._tokens.sender import (
        BearerOnly,
        ProofOfPossession,
        SenderConstraint,
    )
    from scopeward_guard.sql import Catalogue, CatalogueError, Derivation, SqlRefusedError

__version__ = "0.1.0"
__all__ = [
    "Action",
    "Admission",
    "AsyncAdmission",
    "AsyncGuard",
    "AsyncQueryGate",
    "AsyncSqlGate",
    "BadTokenError",
    "BearerOnly",
    "Catalogue",
    "CatalogueError",
    "Challenge",
    "Decision",
    "Derivation",
    "Entity",
    "Evaluation",
    "Guard",
    "GuardError",
    "GuardSettings",
    "HttpAnswer",
    "MalformedError",
    "Obligation",
    "OpaPolicy",
    "Policy",
    "PresentedRequest",
    "Principal",
    "ProofOfPossession",
    "Query",
    "QueryGate",
    "QueryRequest",
    "RefusedError",
    "Remediation",
    "Remedy",
    "RequestContext",
    "Requirement",
    "Route",
    "Routes",
    "SenderConstraint",
    "SettingError",
    "SpentError",
    "SqlFailedError",
    "SqlGate",
    "SqlQuery",
    "SqlRefusedError",
    "SqlResult",
    "SqlRows",
    "SqlSource",
    "TooManyRowsError",
    "UnavailableError",
    "WhenStale",
    "covers",
    "detail_digest",
    "endpoint",
    "field",
    "is_remediable",
    "json_value",
    "presented",
    "pushed_parameters",
    "query_detail",
    "read_refusal",
    "record",
    "requirement",
]

_HOMES = {
    "scopeward_guard._gates.admission": (
        "Admission",
        "AsyncAdmission",
        "SpentError",
        "TooManyRowsError",
    ),
    "scopeward_guard._guard.async_guard": ("AsyncGuard",),
    "scopeward_guard._authzen": (
        "Action",
        "Decision",
        "Entity",
        "Evaluation",
        "Obligation",
        "Policy",
        "Remedy",
    ),
    "scopeward_guard._binding.binding": (
        "covers",
        "detail_digest",
    ),
    "scopeward_guard._challenges.challenge": (
        "Challenge",
        "HttpAnswer",
        "Remediation",
    ),
    "scopeward_guard._challenges.client": (
        "is_remediable",
        "pushed_parameters",
        "read_refusal",
    ),
    "scopeward_guard._decisions.context": ("RequestContext",),
    "scopeward_guard._binding.details": ("query_detail",),
    "scopeward_guard._binding.digest": ("Query",),
    "scopeward_guard._challenges.refused": ("RefusedError",),
    "scopeward_guard._base.errors": (
        "BadTokenError",
        "GuardError",
        "MalformedError",
        "UnavailableError",
    ),
    "scopeward_guard._guard.guard": ("Guard",),
    "scopeward_guard._guard.routes": (
        "Route",
        "Routes",
    ),
    "scopeward_guard._decisions.opa": ("OpaPolicy",),
    "scopeward_guard._tokens.principal": ("Principal",),
    "scopeward_guard._gates.query_gate": (
        "AsyncQueryGate",
        "QueryGate",
    ),
    "scopeward_guard._gates.query_request": ("QueryRequest",),
    "scopeward_guard._challenges.request": (
        "PresentedRequest",
        "presented",
    ),
    "scopeward_guard._decisions.requirements": (
        "Requirement",
        "requirement",
    ),
    "scopeward_guard._decisions.resources": (
        "endpoint",
        "field",
        "record",
    ),
    "scopeward_guard._tokens.sender": (
        "BearerOnly",
        "ProofOfPossession",
        "SenderConstraint",
    ),
    "scopeward_guard._provider.settings": (
        "GuardSettings",
        "SettingError",
        "WhenStale",
    ),
    "scopeward_guard.sql": (
        "Catalogue",
        "CatalogueError",
        "Derivation",
        "SqlRefusedError",
    ),
    "scopeward_guard._gates.sql_gate": (
        "AsyncSqlGate",
        "SqlGate",
        "SqlSource",
    ),
    "scopeward_guard._gates.sql_query": ("SqlQuery",),
    "scopeward_guard._gates.sql_result": (
        "SqlFailedError",
        "SqlResult",
        "SqlRows",
        "json_value",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name (PEP 562); raises `ImportError` that says which extra it takes."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
