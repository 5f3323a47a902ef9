"""The facts of a question that are not the resource's: who asks, and under which circumstances."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scopeward_guard._authzen import Entity
from scopeward_guard._tokens.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestContext:
    """What the enforcement point knows of a request.

    `address` is where it came from, as the framework has it; `approval` is the approved detail,
    if any; `properties` are what the resource server adds: they neither win over what the token
    says, nor fill in what that leaves open.
    """

    address: str = ""
    approval: Mapping[str, Any] | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)

    def facts_about(self, principal: Principal, *, now: float) -> dict[str, Any]:
        """Return the context of a question (AuthZEN 1.0 §5.4); `now` is in seconds since 1970."""
        signed_in = principal.auth_time
        facts = {
            "time": now,
            "acr": principal.acr,
            "authentication_age": None if signed_in is None else now - signed_in,
            "client_id": principal.client_id,
            "scopes": sorted(principal.scopes),
            "approved": self.approval is not None,
            "approval": dict(self.approval) if self.approval else None,
            "emergency": self.approval is not None and self.approval.get("emergency") is True,
        }
        known = {name: fact for name, fact in facts.items() if fact is not None}
        others = {name: fact for name, fact in self.properties.items() if name not in facts}
        address = {"address": self.address} if self.address else {}
        return {**others, **address, **known}


NO_CONTEXT = RequestContext()
"""A request of which nothing more is known than its token."""


def subject_of(principal: Principal) -> Entity:
    """Return the caller as a subject (AuthZEN 1.0 §5.1); everything said of it was signed."""
    return Entity(
        type="client" if principal.is_client else "user",
        id=principal.subject,
        properties=principal.claims,
    )
