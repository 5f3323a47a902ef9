"""A denial in words: what the policies that forbade say, or what was missing for a permit."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from scopeward_guard.cedar.document import PolicyDocument
from scopeward_guard.cedar.policies import Rule, Rules
from scopeward_guard.cedar.question import Question

_PLACE = re.compile(r"\{(principal|resource|context)\.(\w+)\}")
NOTHING_PERMITS = "No policy permits this."


class Explanations:
    """Explains denials by one document's policies."""

    def __init__(self, rules: Rules, document: PolicyDocument) -> None:
        self._rules = rules
        self._levels: Mapping[str, tuple[str, ...]] = {
            "clearance": document.clearance_levels,
            "sensitivity": document.sensitivity_levels,
        }

    def of(self, question: Question, deciding: Sequence[str]) -> tuple[str, ...]:
        """Return sentences. `deciding` are the forbids that decided; without one, none permits."""
        if deciding:
            return tuple(self._said(self._rules.by_id[name], question) for name in deciding)
        return (NOTHING_PERMITS,)

    def _said(self, rule: Rule, question: Question) -> str:
        return _PLACE.sub(
            lambda place: self._value(question.facts[place[1]].get(place[2]), place[2]),
            rule.reason or f"The policy {rule.id} forbids this.",
        )

    def _value(self, value: Any, name: str) -> str:
        levels = self._levels.get(name, ())
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(levels):
            return levels[value]
        if isinstance(value, list):
            return ", ".join(map(str, value)) or "nothing"
        return "nothing" if value is None else str(value)
