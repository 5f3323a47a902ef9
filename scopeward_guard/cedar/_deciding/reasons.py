"""What a condition demands, as a clause for the person who is refused.

A clause tells what the policy wants, the caller's own facts, and what the catalogue says of the
data: its sensitivity, owners and tags. It does not tell other facts of a record, which may be what
somebody wants to find out by being refused; nor who else is permitted, how high a risk was
estimated, or from which networks one gets in.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scopeward_guard.cedar._deciding.memberships import FORBIDDEN, WANTED
from scopeward_guard.cedar._language.document import PolicyDocument
from scopeward_guard.cedar._language.expressions import (
    Expression,
    Fact,
    Range,
    comparison_of,
    fact_of,
    literals_of,
    node,
    range_of,
    split,
)
from scopeward_guard.cedar._language.ranges import Naming, clause_of_range

Facts = Mapping[str, Mapping[str, Any]]
"""As `Question.facts`; beside them, as `UNTOLD`, why facts of the principal are not there."""
UNTOLD = "untold"
_WHOSE = {"principal": "your ", "resource": "its ", "context": "the "}
_TOLD: Mapping[str, frozenset[str]] = {
    "resource": frozenset(
        {"tables", "columns", "scopes", "max_rows", "sensitivity", "owners", "tags", "audiences"}
    ),
    "context": frozenset({"scopes", "session"}),
}
_COMPARED = {
    "==": "", "!=": "other than ", "<": "below ", "<=": "at most ", ">": "above ",
    ">=": "at least ",
}  # fmt: skip
_NAMES = {
    "authentication_age": "time since you signed in",
    "client_id": "application",
    "max_rows": "number of rows",
}
_ME = Fact("principal", "id")
_NOT_TOLD = {_ME, Fact("context", "client_id"), Fact("context", "risk")}


class ReasonTexts:
    """Puts conditions into words, with the names that one document has for its levels."""

    def __init__(self, document: PolicyDocument) -> None:
        self._levels: Mapping[str, Sequence[str]] = {
            "clearance": document.clearance_levels,
            "sensitivity": document.sensitivity_levels,
        }
        self._timezone = document.timezone

    def clauses(self, wanted: Iterable[Expression], facts: Facts) -> list[str]:
        """Return a clause for each condition (negations inside); "" where there are no words.

        What two of them demand of the same number, such as an hour, is one clause.
        """
        merged: dict[Any, Expression | Range] = {}
        for place, condition in enumerate(wanted):
            found = range_of(condition)
            if not found:
                merged[place] = condition
                continue
            before = merged.get(found.fact)
            merged[found.fact] = found.within(before) if isinstance(before, Range) else found
        return [self._clause(condition, facts) for condition in merged.values()]

    def shown(self, value: Any, name: str) -> str:
        """Return the value of an attribute as people write it, a level by its name."""
        levels = self._levels.get(name, ())
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, int) and 0 <= value < len(levels):
            return levels[value]
        if isinstance(value, list | tuple):
            return ", ".join(map(str, value)) or "none"
        return "unknown" if value is None else str(value)

    def _clause(self, wanted: Expression | Range, facts: Facts) -> str:
        naming: Naming = lambda fact: self._named(fact, facts)  # noqa: E731
        if isinstance(wanted, Range):
            return clause_of_range(wanted, naming, self.shown, self._timezone)
        operator, operands = node(wanted)
        if operator in {"&&", "||"}:
            return self._joined(wanted, operator, facts)
        if operator in WANTED:
            return WANTED[operator](operands, naming, facts)
        if operator == "!":
            inner, its_operands = node(operands["arg"])
            say = FORBIDDEN.get(inner)
            return say(its_operands, naming, facts) if say else ""
        return self._compared(wanted, naming)

    def _joined(self, wanted: Expression, operator: str, facts: Facts) -> str:
        parts = [part for part in split(wanted, operator) if not _is_guard(part, facts)]
        if operator == "&&" or all(map(_is_of_hours, parts)):
            clauses = self.clauses(parts, facts)
        else:
            clauses = [self._clause(range_of(part) or part, facts) for part in parts]
        # Without one of the ways that would do, the others would be the wrong advice.
        if operator == "||" and not all(clauses):
            return ""
        spoken = dict.fromkeys(filter(None, clauses))
        return (" and " if operator == "&&" else ", or ").join(spoken)

    def _compared(self, wanted: Expression, naming: Naming) -> str:
        compared = comparison_of(wanted)
        if not compared:
            return ""
        fact, operator, other = compared
        literals, other_fact = literals_of(other), fact_of(other)
        if fact == _ME and other_fact and operator == "==":
            return f"you need to be {naming(other_fact)}"
        if fact in _NOT_TOLD or not (literals or other_fact):
            return ""
        bound = naming(other_fact) if other_fact else self.shown((literals or [None])[0], fact.name)
        return f"{naming(fact)} must be {_COMPARED[operator]}{bound}"

    def _named(self, fact: Fact, facts: Facts) -> str:
        """Return what a fact is called, with its value where that may be told."""
        name = f"{_WHOSE[fact.of]}{_NAMES.get(fact.name) or fact.name.replace('_', ' ')}"
        if fact.of == "principal" and (why := facts.get(UNTOLD, {}).get(fact.name)):
            return f"{name} ({why})"
        told = _TOLD.get(fact.of)
        if told is not None and fact.name not in told:
            return name
        return f"{name} ({self.shown(facts[fact.of].get(fact.name), fact.name)})"


def _is_of_hours(condition: Expression) -> bool:
    """Return whether it is half of `hour >= 22 || hour < 6`: from 22 to 6."""
    found = range_of(condition)
    return bool(found and found.fact == Fact("context", "hour"))


def _is_guard(condition: Expression, facts: Facts) -> bool:
    """Return whether it only makes sure that the others can be asked."""
    operator, operands = node(condition)
    fact = fact_of({".": operands}) if operator == "has" else None
    return operator == "is" or bool(fact and facts[fact.of].get(fact.name) is not None)
