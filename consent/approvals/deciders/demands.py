"""Demands: how many distinct people, and in which capacity.

A capacity is a key: `person:<id>`, `role:<name>`, `owner:<resource server>|<pattern>` and, for the
one who asks, `requester:<id>`. Who holds one of a demand's keys when voting may meet it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from consent.approvals.models import Approval, Approvers
from foundation.directory.step_up import StepUp, most


@dataclass(frozen=True)
class Demand:
    """`needed` distinct people, each with one of the `keys`."""

    title: str
    """What the rule is called."""
    who: str
    """A value of `Approvers`."""
    keys: tuple[str, ...]
    needed: int = 1
    about: tuple[str, ...] = ()
    """The data that made it."""
    break_glass_role: str = ""
    """Who has this role may go ahead alone; empty: nobody."""
    minimum_acr: str = ""
    """The weakest sign-in of whoever approves what it is about; empty: what the type wants."""
    needs_signature: bool = False
    """Whether whoever approves what it is about signs that."""

    def as_json(self) -> dict[str, Any]:
        """Return what `demands_of` reads."""
        return asdict(self)

    @property
    def is_for_the_requester(self) -> bool:
        """Whether only the one who asks can meet it."""
        return self.who == Approvers.REQUESTER

    def is_met_by(self, other: "Demand") -> bool:
        """Whether whoever meets the other demand meets this one too."""
        return set(other.keys) <= set(self.keys) and other.needed >= self.needed


def demands_of(approval: Approval) -> list[Demand]:
    """Return the demands that were found at lodging."""
    return [
        Demand(**{**stored, "keys": tuple(stored["keys"]), "about": tuple(stored["about"])})
        for stored in approval.demands
    ]


def agreed_once(demands: Sequence[Demand]) -> list[Demand]:
    """Return the demands with all that are put to the one who asks in one.

    There is one such person, who agrees once: as strongly as any of them wants, and signed where
    one of them wants that.
    """
    own = [demand for demand in demands if demand.is_for_the_requester]
    if len(own) < 2:
        return list(demands)
    together = replace(
        own[0],
        title="; ".join(dict.fromkeys(demand.title for demand in own)),
        minimum_acr=most(StepUp(demand.minimum_acr) for demand in own).level,
        needs_signature=any(demand.needs_signature for demand in own),
    )
    others = [demand for demand in demands if not demand.is_for_the_requester]
    return [together, *others]


def keys_of(demands: Iterable[Demand]) -> set[str]:
    """Return every capacity in which somebody could meet one of the demands."""
    return {key for demand in demands for key in demand.keys}


def person_key(pk: Any) -> str:
    """Return the capacity of being this person."""
    return f"person:{pk}"


def requester_key(pk: Any) -> str:
    """Return the capacity of being the one who asks."""
    return f"requester:{pk}"


def role_key(role: str) -> str:
    """Return the capacity of having a role."""
    return f"role:{role}"


def owner_key(resource_server: str, pattern: str) -> str:
    """Return the capacity of answering for data."""
    return f"owner:{resource_server}|{pattern}"
