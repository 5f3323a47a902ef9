"""A set of policies that was parsed and validated, under our ids, with what is annotated on them.

Annotations that mean something: `@id` (every policy has one), `@reason` (said when the policy
denies), `@row_filter`, `@mask`, `@row_limit` (on what permits) and `@approvers` (on a forbid that
an approval lifts). `@title` and `@description` are for whoever reads the text. Any other is
refused: a mask with a spelling mistake would mask nothing.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import cedarpy

from scopeward_guard.cedar._language.annotations import TEMPLATE, Data, annotation_problems
from scopeward_guard.cedar._language.document import PolicyDocument
from scopeward_guard.cedar._language.expressions import Fact, limits_of
from scopeward_guard.cedar._language.obligations import Duty, duties_of
from scopeward_guard.cedar._language.projection import asks_for_groups, names_in, projected
from scopeward_guard.cedar._language.scanner import LONGEST, excess_of, place_of, statements_of
from scopeward_guard.cedar._language.shapes import Shapes, group_fact, shapes_of

Json = Mapping[str, Any]
PLACE = re.compile(r"\{(principal|resource|context)\.(\w+)\}")
"""Where a reason has a fact filled in."""
PERSON = "User"
SMALL = 64
"""Policies that are compiled faster than another thread would be let in and out for it."""
TOO_LONG = "The text is too long."
TOO_DEEP = "A chain of && or || is too long: write a set, or several policies."


class PolicyError(ValueError):
    """Policies that must not be used. `problems` are sentences, each with the policy it is of."""

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy: whether it permits, what it says, what it demands, and its parsed form."""

    id: str
    permits: bool
    reason: str
    duties: tuple[Duty, ...]
    parsed: Json

    @property
    def told(self) -> frozenset[str]:
        """The names of the facts that its reason and its obligations are made of."""
        placed = (place[2] for place in PLACE.finditer(self.reason))
        return frozenset(placed).union(*(duty.facts for duty in self.duties))


@dataclass(frozen=True, slots=True)
class Rules:
    """All policies of a document, as Cedar's handles and by id, and what they speak of.

    `asked` are the attributes that conditions need, `known` those and what reasons and obligations
    need, `names` what these are called; `schema` declares exactly what is asked.
    """

    handle: cedarpy.PolicySet
    schema: cedarpy.Schema
    by_id: Mapping[str, Rule]
    asked: Shapes
    known: Shapes
    names: frozenset[str]
    asks_for_groups: bool

    @property
    def facts_about_people(self) -> frozenset[str]:
        """The names of the facts about a person that some policy speaks of."""
        shape = self.known.entities.get(PERSON)
        if shape is None:
            return frozenset()
        groups = map(group_fact, shape.parents) if self.asks_for_groups else ()
        return (frozenset(shape.kinds) | frozenset(groups)) - {"id"}

    def limits_of(self, fact: Fact) -> frozenset[int]:
        """Return the numbers, none negative, up to which `fact` is one thing to some policy."""
        conditions = (rule.parsed["conditions"] for rule in self.by_id.values())
        found = (limit for bodies in conditions for limit in limits_of(fact, bodies))
        return frozenset(limit for limit in found if limit >= 0)


def load(document: PolicyDocument) -> Rules:
    """Parse and validate the policies of a document; raises `PolicyError`."""
    named = _validated(document)
    by_id = {name: _rule(name, policy, document.data) for name, policy in named.items()}
    asked = frozenset(names_in(list(named.values())))
    names = asked.union(*(rule.told for rule in by_id.values()))
    cut = projected(document.schema, asked)
    heads = [rule.parsed[side] for rule in by_id.values() for side in ("principal", "resource")]
    conditions = [rule.parsed["conditions"] for rule in by_id.values()]
    return Rules(
        handle=_handle(named),
        schema=cedarpy.Schema.from_json_str(json.dumps(cut)),
        by_id=MappingProxyType(by_id),
        asked=shapes_of(cut),
        known=shapes_of(projected(document.schema, names)),
        names=names,
        asks_for_groups=asks_for_groups([*heads, *conditions]),
    )


def _validated(document: PolicyDocument) -> dict[str, Json]:
    """Return the parsed policies by id, if nothing speaks against deciding by them."""
    _check_size(document.policies)
    try:
        schema = cedarpy.Schema.from_json_str(json.dumps(document.schema))
        shapes_of(document.schema)
        ZoneInfo(document.timezone)
        parsed = json.loads(cedarpy.policies_to_json_str(document.policies))
    except (LookupError, ValueError, TypeError, AttributeError, OSError, RecursionError) as error:
        raise PolicyError(str(error)) from error
    if parsed["templates"]:
        raise PolicyError(TEMPLATE)
    # In a guard this is done beside requests that must not wait for it.
    found = cedarpy.validate_policies(document.policies, schema, release_gil=True)
    if not found.validation_passed:
        raise PolicyError(*(str(problem) for problem in found.errors))
    return _named(parsed["staticPolicies"])


def _check_size(text: str) -> None:
    if len(text) > LONGEST:
        raise PolicyError(TOO_LONG)
    for statement in statements_of(text):
        excess = excess_of(statement)
        if excess:
            line, column = place_of(text, excess[0].start)
            raise PolicyError(f"{line}:{column} {excess[1]}")


def policy_set(named: Mapping[str, Json]) -> cedarpy.PolicySet:
    """Return parsed policies under their ids, compiled; raises ValueError for what is too deep."""
    text = json.dumps({"staticPolicies": named, "templates": {}, "templateLinks": []})
    return cedarpy.PolicySet.from_json_str(text, release_gil=len(named) > SMALL)


def _handle(named: Mapping[str, Json]) -> cedarpy.PolicySet:
    try:
        return policy_set(named)
    except ValueError as error:
        raise PolicyError(TOO_DEEP) from error


def _named(parsed: Json) -> dict[str, Json]:
    """Return the policies by their `@id`: what a decision names must be what an author wrote."""
    named: dict[str, Json] = {}
    for given, policy in parsed.items():
        name = policy.get("annotations", {}).get("id")
        if not name:
            raise PolicyError(f"[{given}] has no @id")
        if name in named:
            raise PolicyError(f"[{name}] is there twice")
        named[name] = policy
    return named


def _rule(name: str, policy: Json, data: Data) -> Rule:
    problems = [f"[{name}] {sentence}" for _, sentence in annotation_problems(policy, data)]
    if problems:
        raise PolicyError(*problems)
    annotations = policy.get("annotations", {})
    permits = policy["effect"] == "permit"
    duties = duties_of(annotations)
    return Rule(name, permits, annotations.get("reason") or "", duties, policy)
