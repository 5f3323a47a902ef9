"""Permits taken apart into conditions, each of which is asked as a policy of its own."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cedarpy

from scopeward_guard.cedar._deciding.heads import Place, PolicyHead
from scopeward_guard.cedar._deciding.question import Question
from scopeward_guard.cedar._language.compiling import compiled
from scopeward_guard.cedar._language.expressions import (
    Expression,
    Fact,
    conjuncts_of,
    facts_in,
    node,
)
from scopeward_guard.cedar._language.projection import asks_for_groups
from scopeward_guard.cedar._language.rules import Rule

_PRINCIPAL = {"Var": "principal"}
ROLES = "roles"
"""The fact that says what a person is `in`."""


@dataclass(frozen=True)
class Demanded:
    """A condition, and what there is to know of it that is worth knowing only once."""

    asked: Expression

    @cached_property
    def only_asks_for(self) -> frozenset[Fact]:
        """The facts that it asks to be there, if it asks nothing else."""
        return self.facts if node(self.asked)[0] == "has" else frozenset()

    @cached_property
    def facts(self) -> frozenset[Fact]:
        """The facts that it speaks of."""
        return frozenset(facts_in(self.asked))


class PermitParts:
    """A permit taken apart: what it demands of who asks, and its conditions."""

    def __init__(self, rule: Rule, head: PolicyHead) -> None:
        self.rule, self.head = rule, head

    @cached_property
    def who(self) -> list[tuple[str, Demanded]]:
        """What its head demands of the principal, by operator."""
        return [(node(asked)[0], Demanded(asked)) for asked in _who(self.rule.parsed["principal"])]

    @cached_property
    def conditions(self) -> dict[str, Demanded]:
        """Its other demands, by how they are written."""
        return {json.dumps(asked): Demanded(asked) for asked in conjuncts_of(self.rule.parsed)}

    @property
    def demands(self) -> tuple[Expression, ...]:
        """All that it demands beside its action and resource."""
        every = [*(demand for _, demand in self.who), *self.conditions.values()]
        return tuple(demand.asked for demand in every)

    def failing(self, place: Place, met: Collection[str]) -> list[Demanded]:
        """Return the demands that are not met, of which these conditions are."""
        demanded = self.head.principal
        is_met = {
            "is": demanded.kind == place.principal[0],
            "==": demanded.entity == place.principal,
            "in": demanded.group in place.around_principal,
        }
        who = [demand for operator, demand in self.who if not is_met[operator]]
        return who + [demand for text, demand in self.conditions.items() if text not in met]


class Conditions:
    """The conditions of some permits, each as a policy of its own."""

    def __init__(self, permits: Iterable[PermitParts]) -> None:
        every = {text: demand for permit in permits for text, demand in permit.conditions.items()}
        self._texts = list(every)
        parts = {str(at): _permit(text) for at, text in enumerate(every)}
        try:
            self._parts: cedarpy.PolicySet | None = compiled(parts)
        except ValueError:
            # Taken apart, a long chain may be deeper than Cedar reads. Then there are no words.
            self._parts = None

    def met_by(self, question: Question, schema: cedarpy.Schema) -> frozenset[str] | None:
        """Return those that a question meets; None where that cannot be found out."""
        if self._parts is None:
            return None
        result = cedarpy.is_authorized(question.request, self._parts, question.entities, schema)
        return frozenset(self._texts[int(at)] for at in result.diagnostics.reasons)


def demands_of(rule: Rule) -> tuple[Expression, ...]:
    """Return what a policy demands beside its action and resource, each as a condition."""
    parsed = rule.parsed
    return (*_who(parsed["principal"]), *conjuncts_of(parsed))


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


def _permit(demand: str) -> str:
    anything = '"principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"}'
    return f'{{"effect":"permit",{anything},"conditions":[{{"kind":"when","body":{demand}}}]}}'


def told(failing: Sequence[Demanded]) -> list[Demanded]:
    """Return what failed by itself, not only because a fact is missing that fails already."""
    missing = {fact for demand in failing for fact in demand.only_asks_for}
    if not missing:
        return list(failing)
    return [
        demand for demand in failing if demand.only_asks_for or missing.isdisjoint(demand.facts)
    ]
