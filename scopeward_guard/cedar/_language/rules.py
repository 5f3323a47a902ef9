"""One policy, read: what follows from its text alone, so a text that stays is not read again.

Annotations that mean something: `@id` (every policy has one), `@reason` (said when the policy
denies), `@row_filter`, `@mask`, `@row_limit` (on what permits) and `@approvers` (on a forbid that
an approval lifts). `@title` and `@description` are for whoever reads the text. Any other is
refused: a mask with a spelling mistake would mask nothing.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cedarpy

from scopeward_guard.cedar._language.annotations import TEMPLATE, Data, annotation_problems
from scopeward_guard.cedar._language.obligations import Duty, duties_of
from scopeward_guard.cedar._language.projection import asks_for_groups, names_in

Json = Mapping[str, Any]
PLACE = re.compile(r"\{(principal|resource|context)\.(\w+)\}")
"""Where a reason has a fact filled in."""
HEAD = ("principal", "resource")


class PolicyError(ValueError):
    """Policies that must not be used. `problems` are sentences, each with the policy it is of."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy: whether it permits, what it says, what it demands.

    Its parsed form is kept as text: thousands of policies are hundreds of thousands of objects,
    which would be looked through each time that Python looks for garbage, while everybody waits.
    """

    id: str
    permits: bool
    reason: str
    duties: tuple[Duty, ...]
    written: str
    """The parsed form, Cedar's JSON."""
    asked: frozenset[str]
    """The names of the attributes that it speaks of."""
    told: frozenset[str]
    """The names of the facts that its reason and its obligations are made of."""
    asks_for_groups: bool

    @property
    def parsed(self) -> Json:
        """The parsed form, anew each time."""
        found: Json = json.loads(self.written)
        return found


def read_rule(text: str, data: Data) -> Rule:
    """Return the one policy that a text is. Raises `PolicyError`, or ValueError for what is none.

    `data` has the columns that obligations may name.
    """
    found = json.loads(cedarpy.policies_to_json_str(text))
    if found["templates"]:
        raise PolicyError(TEMPLATE)
    ((given, parsed),) = found["staticPolicies"].items()
    annotations = parsed.get("annotations", {})
    name = annotations.get("id")
    if not name:
        raise PolicyError(f"[{given}] has no @id")
    problems = [f"[{name}] {sentence}" for _, sentence in annotation_problems(parsed, data)]
    if problems:
        raise PolicyError(*problems)
    reason, duties = annotations.get("reason") or "", duties_of(annotations)
    return Rule(
        id=name,
        permits=parsed["effect"] == "permit",
        reason=reason,
        duties=duties,
        written=json.dumps(parsed),
        asked=frozenset(names_in(parsed)),
        told=_told(reason, duties),
        asks_for_groups=asks_for_groups([*(parsed[side] for side in HEAD), parsed["conditions"]]),
    )


def _told(reason: str, duties: tuple[Duty, ...]) -> frozenset[str]:
    placed = (place[2] for place in PLACE.finditer(reason))
    return frozenset(placed).union(*(duty.facts for duty in duties))
