"""One query with what was derived from it, and the question that is put to policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scopeward_guard.authzen import Action, Entity, Evaluation
from scopeward_guard.digest import Query
from scopeward_guard.principal import Principal
from scopeward_guard.requirement import Requirement

Detail = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuery:
    """A query, what was derived from it, and what it needs before it may run."""

    query: Query
    action: str
    datatypes: tuple[str, ...]
    demanded: Requirement = field(default_factory=Requirement)
    needs_approval: bool = True
    purpose: str = ""


def evaluation_of(
    principal: Principal,
    asked: AskedQuery,
    approved: Detail | None,
    *,
    context: Detail,
    now: float,
) -> Evaluation:
    """Return the question to policy (AuthZEN 1.0 §6.1); our own facts win over `context`."""
    signed_in = principal.auth_time
    facts = {
        "time": now,
        "acr": principal.acr,
        "authentication_age": None if signed_in is None else now - signed_in,
        "client_id": principal.client_id,
        "scopes": sorted(principal.scopes),
        "approved": approved is not None,
        "approval": dict(approved) if approved else None,
    }
    return Evaluation(
        subject=Entity(
            type="client" if principal.is_client else "user",
            id=principal.subject,
            properties=principal.claims,
        ),
        action=Action(name=asked.action),
        resource=Entity(
            type="query",
            id=asked.query.datasource,
            properties={
                "columns": sorted(set(asked.datatypes)),
                "tables": sorted({column.rpartition(".")[0] for column in asked.datatypes}),
                "max_rows": asked.query.max_rows,
                "scopes": sorted(asked.demanded.scopes),
                "purpose": asked.purpose,
            },
        ),
        context={**context, **{k: v for k, v in facts.items() if v is not None}},
    )
