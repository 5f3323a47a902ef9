"""The facts of a question that are not the resource's: who asks, and under which circumstances."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scopeward_guard._authzen import Circumstances, Entity, Evaluation, Unknown, known, question
from scopeward_guard._tokens.principal import Principal

NOT_IN_THE_TOKEN = Unknown("The token does not say, and nobody else knows.")
OF_THE_SERVER = Unknown("Only the resource server may know.", others_may_say=True)


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

    def question(
        self, principal: Principal, action: str, resource: Entity, *, now: float
    ) -> Evaluation:
        """Return the question about a caller (AuthZEN 1.0 §6.1), `now` in seconds since 1970."""
        circumstances = self.circumstances_of(principal, now=now)
        return question(subject_of(principal), action, resource, circumstances, self.properties)

    def circumstances_of(self, principal: Principal, *, now: float) -> Circumstances:
        """Return what the token and the request say."""
        signed_in = principal.auth_time
        return Circumstances(
            time=now,
            acr=principal.acr or NOT_IN_THE_TOKEN,
            authentication_age=NOT_IN_THE_TOKEN if signed_in is None else now - signed_in,
            client_id=principal.client_id,
            scopes=principal.scopes,
            address=self.address or OF_THE_SERVER,
            # No token tells of the provider's session; what ended is on the deny-list.
            session=OF_THE_SERVER,
            risk=OF_THE_SERVER,
            approved=self.approval is not None,
            approval=known(self.approval, Unknown("Nothing was approved.")),
            emergency=self.approval is not None and self.approval.get("emergency") is True,
        )


NO_CONTEXT = RequestContext()
"""A request of which nothing more is known than its token."""


def subject_of(principal: Principal) -> Entity:
    """Return the caller as a subject (AuthZEN 1.0 §5.1); everything said of it was signed."""
    return Entity(
        type="client" if principal.is_client else "user",
        id=principal.subject,
        properties=principal.claims,
    )
