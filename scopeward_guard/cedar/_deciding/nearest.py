"""Which permit came nearest to matching, and what it missed.

Every permit is taken apart into conditions, and each of these is asked as a policy of its own. That
takes a second policy set; it is made when something is refused for the first time.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cedarpy

from scopeward_guard.cedar._deciding.question import Question
from scopeward_guard.cedar._language.expressions import (
    Expression,
    Fact,
    conjuncts_of,
    facts_in,
    node,
)
from scopeward_guard.cedar._language.policies import Rule, Rules
from scopeward_guard.cedar._language.projection import asks_for_groups

_ANYTHING = {"op": "All"}
_PRINCIPAL = {"Var": "principal"}
ROLES = "roles"
"""The fact that says what a person is `in`."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A permit that did not match: all that it demands of principal and context, and what fails."""

    rule: Rule
    demanded: tuple[Expression, ...]
    failing: tuple[Expression, ...]


class Nearest:
    """Finds, among one document's permits, the one that is nearest to a question."""

    def __init__(self, rules: Rules) -> None:
        self._schema = rules.schema
        self._demands = [(rule, demands_of(rule)) for rule in rules.by_id.values() if rule.permits]

    def to(self, question: Question) -> Miss | None:
        """Return the permit with the fewest failing conditions, the first of several.

        A permit of another action or another kind of resource is not near at all; None when there
        are no others.
        """
        met = set(self._met(question))
        misses = [
            Miss(rule, demands, tuple(_told(failing)))
            for place, (rule, demands) in enumerate(self._demands)
            if str(place) in met
            for failing in [[d for at, d in enumerate(demands) if f"{place}.{at}" not in met]]
        ]
        return min(misses, key=lambda miss: len(miss.failing), default=None)

    def missed_alone(self, question: Question, missing: Collection[str]) -> frozenset[str] | None:
        """Return which missing facts a permit speaks of that fails by nothing else, if it fails.

        The first of several that needs the fewest; None where every permit fails by more.
        """
        met = set(self._met(question))
        found = []
        for place, (rule, demands) in enumerate(self._demands):
            failing = [d for at, d in enumerate(demands) if f"{place}.{at}" not in met]
            if str(place) in met and all(spoken_of(demand, missing) for demand in failing):
                facts = (spoken_of(demand, missing) for demand in failing)
                found.append(frozenset().union(*facts, owed_to(rule, question, missing)))
        return min(found, key=len, default=None)

    def _met(self, question: Question) -> list[str]:
        try:
            parts = self._parts
        except ValueError:
            # Taken apart, a long chain may be deeper than Cedar reads. Then there are no words.
            return []
        result = cedarpy.is_authorized(question.request, parts, question.entities, self._schema)
        return result.diagnostics.reasons

    @cached_property
    def _parts(self) -> cedarpy.PolicySet:
        parts = {}
        for place, (rule, demands) in enumerate(self._demands):
            head = {name: rule.parsed[name] for name in ("action", "resource")}
            parts[str(place)] = _permit(**head)
            for at, demand in enumerate(demands):
                condition = {"kind": "when", "body": demand}
                parts[f"{place}.{at}"] = _permit(conditions=[condition])
        text = {"staticPolicies": parts, "templates": {}, "templateLinks": []}
        return cedarpy.PolicySet.from_json_str(json.dumps(text))


def demands_of(rule: Rule) -> tuple[Expression, ...]:
    """Return what a policy demands beside its action and resource, each as a condition."""
    return (*_who(rule.parsed["principal"]), *conjuncts_of(rule.parsed))


def spoken_of(expression: Expression, names: Collection[str]) -> frozenset[str]:
    """Return which of these facts about the principal a part of a policy speaks of."""
    found = {fact.name for fact in facts_in(expression) if fact.of == "principal"}
    groups = {ROLES} if asks_for_groups(expression) else set()
    return frozenset(names) & (found | groups)


def owed_to(rule: Rule, question: Question, names: Collection[str]) -> frozenset[str]:
    """Return which of these facts the obligations of a permit are made of, for this question."""
    duties = [duty for duty in rule.duties if duty.of(question.facts) is not None]
    return frozenset(names) & frozenset().union(*(duty.facts for duty in duties))


def _who(scope: Mapping[str, Any]) -> Iterator[Expression]:
    if "entity_type" in scope:
        yield {"is": {"left": _PRINCIPAL, "entity_type": scope["entity_type"]}}
    group = scope.get("in", scope)
    if "entity" in group:
        operator = "==" if scope["op"] == "==" else "in"
        yield {operator: {"left": _PRINCIPAL, "right": {"Value": {"__entity": group["entity"]}}}}


def _permit(**parts: Any) -> dict[str, Any]:
    every = {"principal": _ANYTHING, "action": _ANYTHING, "resource": _ANYTHING, "conditions": []}
    return {"effect": "permit", **every, **parts}


def _told(failing: list[Expression]) -> Iterator[Expression]:
    """Yield what failed by itself, not only because a fact is missing that fails already."""
    missing = {fact for demand in failing if node(demand)[0] == "has" for fact in facts_in(demand)}
    for demand in failing:
        if node(demand)[0] == "has" or not missing & set[Fact](facts_in(demand)):
            yield demand
