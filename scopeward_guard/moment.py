"""The facts of a question that are not the resource's: who asks, and under which circumstances."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scopeward_guard.authzen import Entity
from scopeward_guard.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What the enforcement point knows of a request.

    `address` is where it came from, as the framework has it; `approved` is the approved detail,
    if any; `said` is what the resource server adds: it neither wins over what the token says, nor
    fills in what that leaves open.
    """

    address: str = ""
    approved: Mapping[str, Any] | None = None
    said: Mapping[str, Any] = field(default_factory=dict)

    def context_of(self, principal: Principal, *, now: float) -> dict[str, Any]:
        """Return the context of a question (AuthZEN 1.0 §5.4); `now` is in seconds since 1970."""
        signed_in = principal.auth_time
        facts = {
            "time": now,
            "acr": principal.acr,
            "authentication_age": None if signed_in is None else now - signed_in,
            "client_id": principal.client_id,
            "scopes": sorted(principal.scopes),
            "approved": self.approved is not None,
            "approval": dict(self.approved) if self.approved else None,
            "emergency": self.approved is not None and self.approved.get("emergency") is True,
        }
        known = {name: fact for name, fact in facts.items() if fact is not None}
        others = {name: fact for name, fact in self.said.items() if name not in facts}
        address = {"address": self.address} if self.address else {}
        return {**others, **address, **known}


PLAIN = Moment()
"""A request of which nothing more is known than its token."""


def subject_of(principal: Principal) -> Entity:
    """Return the caller as a subject (AuthZEN 1.0 §5.1); everything said of it was signed."""
    return Entity(
        type="client" if principal.is_client else "user",
        id=principal.subject,
        properties=principal.claims,
    )
