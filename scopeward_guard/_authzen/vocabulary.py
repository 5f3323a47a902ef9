"""The shared vocabulary of decisions: OpenID AuthZEN Authorization API 1.0 §5 and §6.

Reason, obligations, remedy and policy revision travel in the decision's `context`, which the
specification leaves to us. An enforcement point that does not understand an obligation denies.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A subject (§5.1) or a resource (§5.3)."""

    type: str
    id: str
    properties: Properties = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the object of the wire."""
        return {"type": self.type, "id": self.id, "properties": dict(self.properties)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What would be done (§5.2)."""

    name: str
    properties: Properties = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the object of the wire."""
        return {"name": self.name, "properties": dict(self.properties)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One question: may this subject do this to that, under these circumstances (§6.1)."""

    subject: Entity
    action: Action
    resource: Entity
    context: Properties = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the body of an access evaluation request."""
        return {
            "subject": self.subject.as_json(),
            "action": self.action.as_json(),
            "resource": self.resource.as_json(),
            "context": dict(self.context),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What would turn a denial into a permit: more consent, a better sign-in, or an approval."""

    scopes: tuple[str, ...] = ()
    acr_values: tuple[str, ...] = ()
    max_age: int | None = None
    approval: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """Something that a permit demands, such as a row filter or a column mask."""

    id: str
    parameters: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer (§6.2). Without a remedy a denial is final.

    `reasons` are sentences for people, `policies` the ids of the policies that decided. The
    obligations of a denial say what its remedy takes, such as who would have to approve.
    """

    permit: bool
    reasons: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    remedy: Remedy | None = None
    policy_rev: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the body of an access evaluation response; empty members are left out."""
        context: dict[str, Any] = {
            "reasons": list(self.reasons),
            "policies": list(self.policies),
            "obligations": [{"id": o.id, **o.parameters} for o in self.obligations],
            "remedy": _remedy_as_json(self.remedy) if self.remedy else None,
            "policy_rev": self.policy_rev,
        }
        return {"decision": self.permit, "context": {k: v for k, v in context.items() if v}}


class Policy(Protocol):
    """A policy decision point, in process or behind the network."""

    def decide(self, evaluation: Evaluation) -> Decision:
        """HttpAnswer the question. Whatever it raises is a denial."""


def _remedy_as_json(remedy: Remedy) -> dict[str, Any]:
    members = {
        "scopes": list(remedy.scopes),
        "acr_values": list(remedy.acr_values),
        "max_age": remedy.max_age,
        "approval": remedy.approval,
    }
    return {name: value for name, value in members.items() if value not in ([], None, False)}
