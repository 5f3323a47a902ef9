"""A denial in words: what the policies that forbade say, or what the nearest permit missed.

An author's `@reason` wins; `{principal.x}`, `{resource.x}` and `{context.x}` in it are filled in.
Without one, the conditions are put into words, and `words` says what these do not tell.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from scopeward_guard.cedar._deciding.nearest import Miss, Nearest
from scopeward_guard.cedar._deciding.question import Question
from scopeward_guard.cedar._deciding.reasons import UNTOLD, ReasonTexts
from scopeward_guard.cedar._deciding.taken_apart import demands_of
from scopeward_guard.cedar._language.document import PolicyDocument
from scopeward_guard.cedar._language.expressions import (
    Expression,
    facts_in,
    negated,
    node,
    positive,
    range_of,
)
from scopeward_guard.cedar._language.policies import Rules
from scopeward_guard.cedar._language.rules import PLACE, Rule

NOTHING_PERMITS = "No policy permits this."


class Explanations:
    """Explains denials by one document's policies."""

    def __init__(self, rules: Rules, nearest: Nearest, document: PolicyDocument) -> None:
        self._rules, self._nearest = rules, nearest
        self._words = ReasonTexts(document)

    def of(
        self, question: Question, deciding: Sequence[str], untold: Mapping[str, str]
    ) -> tuple[str, ...]:
        """Return sentences. `deciding` are the forbids that decided; without one, none permits.

        `untold` has why facts about the principal are not there: they count as nothing, but
        nothing is what nobody said.
        """
        question = replace(question, facts={**question.facts, UNTOLD: untold})
        if deciding:
            return tuple(self._forbidden(self._rules.by_id[name], question) for name in deciding)
        miss = self._nearest.to(question)
        if miss is None:
            return (NOTHING_PERMITS,)
        if miss.rule.reason:
            return (self._filled(miss.rule.reason, question),)
        return tuple(dict.fromkeys(self._missed(miss, question)))

    def _missed(self, miss: Miss, question: Question) -> Iterator[str]:
        numbers = {found.fact for demand in miss.failing if (found := range_of(positive(demand)))}
        wanted = [
            positive(demand)
            for demand in miss.demanded
            if demand in miss.failing or _is_range_of(demand, numbers)
        ]
        clauses = self._words.clauses(wanted, question.facts)
        for clause in filter(None, clauses):
            yield _sentence(clause)
        if not all(clauses):
            other = "Another" if any(clauses) else "A"
            yield f"{other} condition of the policy {miss.rule.id} is not met."

    def _forbidden(self, rule: Rule, question: Question) -> str:
        if rule.reason:
            return self._filled(rule.reason, question)
        # It takes one of them to be otherwise, and the caller's own are what a caller can change.
        demands = _essential(demands_of(rule))
        clauses = self._words.clauses(map(negated, demands), question.facts)
        if not clauses or not all(clauses):
            return f"The policy {rule.id} forbids this."
        return _sentence(", or ".join(clauses))

    def _filled(self, reason: str, question: Question) -> str:
        return PLACE.sub(lambda place: self._value(question.facts, place[1], place[2]), reason)

    def _value(self, facts: Mapping[str, Mapping[str, Any]], of: str, name: str) -> str:
        if of == "principal" and name in facts[UNTOLD]:
            return str(facts[UNTOLD][name])
        return self._words.shown(facts[of].get(name), name)


def _essential(demands: Sequence[Expression]) -> list[Expression]:
    """Leave out what only asks for a fact to be there, and what only speaks of the resource."""
    speaking = [demand for demand in demands if node(demand)[0] not in {"has", "is"}]
    changing = [
        demand for demand in speaking if any(fact.of != "resource" for fact in facts_in(demand))
    ]
    return changing or speaking


def _is_range_of(demand: Expression, facts: set[Any]) -> bool:
    found = range_of(positive(demand))
    return bool(found and found.fact in facts)


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}."
