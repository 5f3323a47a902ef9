"""Which permit came nearest to matching, and what it missed.

Every permit is taken apart into conditions, and each of these is asked as a policy of its own, the
same one once. Those that are for whoever asks are looked at first; of the others, which are for
somebody else, so many as can be looked at in no time.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import cedarpy

from scopeward_guard.cedar._deciding.candidates import Candidates
from scopeward_guard.cedar._deciding.heads import Head, Place, place_of
from scopeward_guard.cedar._deciding.question import Question
from scopeward_guard.cedar._language.expressions import (
    Expression,
    Fact,
    conjuncts_of,
    facts_in,
    node,
)
from scopeward_guard.cedar._language.policies import Rule, Rules, policy_set
from scopeward_guard.cedar._language.projection import asks_for_groups

_ANYTHING = {"op": "All"}
_PRINCIPAL = {"Var": "principal"}
ROLES = "roles"
"""The fact that says what a person is `in`."""
TOGETHER = 32
"""Permits that are taken apart, compiled and asked together."""
LOOKED_AT = 64
"""Permits for anybody that are looked at before it is said what the nearest of them missed."""
KEPT = 256
"""Sets of conditions that are kept compiled."""

Group = Sequence["_Permit"]


@dataclass(frozen=True, slots=True)
class Miss:
    """A permit that did not match: all that it demands of principal and context, and what fails."""

    rule: Rule
    demanded: tuple[Expression, ...]
    failing: tuple[Expression, ...]


class Nearest:
    """Finds, among one document's permits, the one that is nearest to a question."""

    def __init__(self, rules: Rules, candidates: Candidates) -> None:
        self._schema, self._candidates = rules.schema, candidates
        self._permits = {
            rule.id: _Permit(at, rule, candidates.heads[rule.id])
            for at, rule in enumerate(rules.by_id.values())
            if rule.permits
        }
        self._everybodys: dict[tuple[str, str], Sequence[Group]] = {}
        self._conditions: dict[tuple[str, ...], _Conditions] = {}

    def to(self, question: Question) -> Miss | None:
        """Return the permit with the fewest failing conditions, the first of several.

        A permit of another action or another kind of resource is not near at all; None when there
        are no others.
        """
        place = place_of(question)
        best: tuple[_Permit, list[_Demand]] | None = None
        for permit, failing in self._failing(question, place, self._near(place)):
            told = _told(failing)
            if best is None or len(told) < len(best[1]):
                best = permit, told
            if len(best[1]) <= 1:
                break
        if best is None:
            return None
        permit, told = best
        return Miss(permit.rule, permit.demands, tuple(demand.asked for demand in told))

    def missed_alone(self, question: Question, missing: Collection[str]) -> frozenset[str] | None:
        """Return which missing facts a permit speaks of that fails by nothing else, if it fails.

        The first of several that needs the fewest; None where every permit fails by more.
        """
        place = place_of(question)
        # Who is in no other role for want of knowing it may be one of the others.
        groups = self._near(place) if ROLES in missing else self._for_who_asks(place)
        best: frozenset[str] | None = None
        for permit, failing in self._failing(question, place, groups):
            spoken = [spoken_of(demand.asked, missing) for demand in failing]
            if all(spoken):
                facts = frozenset().union(*spoken, owed_to(permit.rule, question, missing))
                best = facts if best is None or len(facts) < len(best) else best
            if best is not None and len(best) <= 1:
                break
        return best

    def _near(self, place: Place) -> Iterator[Group]:
        """Yield groups of permits: those for who asks, then all, up to where we stop looking."""
        yield from self._for_who_asks(place)
        yield from self._for_anybody(place.action, place.resource[0])

    def _for_who_asks(self, place: Place) -> Iterator[Group]:
        names = {name for layer in self._candidates.of(place) for name in layer.ids}
        permits = [self._permits[name] for name in names & self._permits.keys()]
        fitting = [permit for permit in permits if permit.head.fits(place)]
        return _groups(sorted(fitting, key=lambda permit: permit.at))

    def _for_anybody(self, action: str, resource: str) -> Sequence[Group]:
        groups = self._everybodys.get((action, resource))
        if groups is None:
            every = self._permits.values()
            near = (permit for permit in every if permit.head.concerns(action, resource))
            groups = list(_groups(islice(near, LOOKED_AT)))
            self._everybodys[action, resource] = groups
        return groups

    def _failing(
        self, question: Question, place: Place, groups: Iterable[Group]
    ) -> Iterator[tuple["_Permit", list["_Demand"]]]:
        """Yield each permit that is near with the demands that it fails by."""
        for group in groups:
            met = self._met(question, group)
            if met is not None:
                near = (permit for permit in group if permit.head.is_near(place))
                yield from ((permit, permit.failing(place, met)) for permit in near)

    def _met(self, question: Question, permits: Group) -> frozenset[str] | None:
        names = tuple(permit.rule.id for permit in permits)
        conditions = self._conditions.get(names)
        if conditions is None:
            conditions = _Conditions(permits)
            # Starting again is as good as a queue here, and needs no lock.
            if len(self._conditions) >= KEPT:
                self._conditions.clear()
            self._conditions[names] = conditions
        return conditions.met_by(question, self._schema)


@dataclass(frozen=True)
class _Demand:
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


class _Permit:
    """A permit taken apart: what it demands of who asks, and its conditions; `at` is its place."""

    def __init__(self, at: int, rule: Rule, head: Head) -> None:
        self.at, self.rule, self.head = at, rule, head

    @cached_property
    def who(self) -> list[tuple[str, _Demand]]:
        """What its head demands of the principal, by operator."""
        return [(node(asked)[0], _Demand(asked)) for asked in _who(self.rule.parsed["principal"])]

    @cached_property
    def conditions(self) -> dict[str, _Demand]:
        """Its other demands, by how they are written."""
        return {json.dumps(asked): _Demand(asked) for asked in conjuncts_of(self.rule.parsed)}

    @property
    def demands(self) -> tuple[Expression, ...]:
        """All that it demands beside its action and resource."""
        every = [*(demand for _, demand in self.who), *self.conditions.values()]
        return tuple(demand.asked for demand in every)

    def failing(self, place: Place, met: Collection[str]) -> list[_Demand]:
        """Return the demands that are not met, of which these conditions are."""
        demanded = self.head.principal
        is_met = {
            "is": demanded.kind == place.principal[0],
            "==": demanded.entity == place.principal,
            "in": demanded.group in place.around_principal,
        }
        who = [demand for operator, demand in self.who if not is_met[operator]]
        return who + [demand for text, demand in self.conditions.items() if text not in met]


class _Conditions:
    """The conditions of some permits, each as a policy of its own."""

    def __init__(self, permits: Iterable[_Permit]) -> None:
        every = {text: demand for permit in permits for text, demand in permit.conditions.items()}
        self._texts = list(every)
        parts = {str(at): _permit(demand.asked) for at, demand in enumerate(every.values())}
        try:
            self._parts: cedarpy.PolicySet | None = policy_set(parts)
        except ValueError:
            # Taken apart, a long chain may be deeper than Cedar reads. Then there are no words.
            self._parts = None

    def met_by(self, question: Question, schema: cedarpy.Schema) -> frozenset[str] | None:
        """Return those that a question meets; None where that cannot be found out."""
        if self._parts is None:
            return None
        result = cedarpy.is_authorized(question.request, self._parts, question.entities, schema)
        return frozenset(self._texts[int(at)] for at in result.diagnostics.reasons)


def _groups(permits: Iterable[_Permit]) -> Iterator[Group]:
    remaining = iter(permits)
    while group := list(islice(remaining, TOGETHER)):
        yield group


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


def _permit(demand: Expression) -> dict[str, Any]:
    anything = {"principal": _ANYTHING, "action": _ANYTHING, "resource": _ANYTHING}
    conditions = [{"kind": "when", "body": demand}]
    return {"effect": "permit", **anything, "conditions": conditions}


def _told(failing: Sequence[_Demand]) -> list[_Demand]:
    """Return what failed by itself, not only because a fact is missing that fails already."""
    missing = {fact for demand in failing for fact in demand.only_asks_for}
    if not missing:
        return list(failing)
    return [
        demand for demand in failing if demand.only_asks_for or missing.isdisjoint(demand.facts)
    ]
