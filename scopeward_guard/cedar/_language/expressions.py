"""Parsed conditions of policies (Cedar's JSON policy format), taken apart for explanations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Expression = Mapping[str, Any]
_OPPOSITE = {
    "==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "&&": "||", "||": "&&",
}  # fmt: skip
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Fact:
    """An attribute that a condition speaks of, such as `principal.clearance`."""

    of: str
    name: str


@dataclass(frozen=True, slots=True)
class Range:
    """That a fact is a number of at least `low` and below `high`; None is no limit."""

    fact: Fact
    low: int | None
    high: int | None

    def within(self, other: "Range") -> "Range":
        """Return what both of them demand of the same fact."""
        lows = [low for low in (self.low, other.low) if low is not None]
        highs = [high for high in (self.high, other.high) if high is not None]
        return Range(self.fact, max(lows, default=None), min(highs, default=None))


def conjuncts_of(policy: Expression) -> list[Expression]:
    """Return what all has to be true for a policy to match, apart from its head."""
    found: list[Expression] = []
    for condition in policy["conditions"]:
        body = condition["body"]
        if condition["kind"] == "when":
            found += split(body, "&&")
        else:
            found += [{"!": {"arg": operand}} for operand in split(body, "||")]
    return found


def split(expression: Expression, operator: str) -> Iterator[Expression]:
    """Yield the operands of a chain of one operator, from left to right."""
    operator_of, operands = node(expression)
    if operator_of == operator:
        yield from split(operands["left"], operator)
        yield from split(operands["right"], operator)
    else:
        yield expression


def node(expression: Expression) -> tuple[str, Any]:
    """Return the operator of an expression and what it is applied to."""
    return next(iter(expression.items()))


def negated(expression: Expression) -> Expression:
    """Return the opposite, with the negation as far inside as it goes."""
    operator, operands = node(expression)
    if operator == "!":
        return positive(operands["arg"])
    if operator in {"&&", "||"}:
        sides = {side: negated(operands[side]) for side in ("left", "right")}
        return {_OPPOSITE[operator]: sides}
    if operator in _OPPOSITE:
        return {_OPPOSITE[operator]: operands}
    return {"!": {"arg": expression}}


def positive(expression: Expression) -> Expression:
    """Return the same, with every negation as far inside as it goes."""
    operator, operands = node(expression)
    if operator == "!":
        return negated(operands["arg"])
    if operator in {"&&", "||"}:
        return {operator: {side: positive(operands[side]) for side in ("left", "right")}}
    return expression


def comparison_of(expression: Expression) -> tuple[Fact, str, Expression] | None:
    """Return fact, operator and the other side, however it was written; None for anything else."""
    operator, operands = node(expression)
    if operator not in _MIRRORED or "left" not in operands:
        return None
    left, right = fact_of(operands["left"]), fact_of(operands["right"])
    if left and not (right and left.of == "resource"):
        return left, operator, operands["right"]
    return (right, _MIRRORED[operator], operands["left"]) if right else None


def fact_of(expression: Expression) -> Fact | None:
    """Return the fact that an expression is, None when it is something else."""
    operator, operands = node(expression)
    if operator != "." or "Var" not in operands["left"]:
        return None
    return Fact(operands["left"]["Var"], operands["attr"])


def literals_of(expression: Expression) -> list[Any] | None:
    """Return the literal, or those of a set, as a list; None when it is something else."""
    operator, value = node(expression)
    if operator == "Value":
        return None if isinstance(value, Mapping) else [value]
    if operator != "Set" or not all("Value" in entry for entry in value):
        return None
    return [entry["Value"] for entry in value]


def range_of(expression: Expression) -> Range | None:
    """Return the range that an expression keeps a fact in, None when it is something else."""
    compared = comparison_of(expression)
    literals = literals_of(compared[2]) if compared else None
    if not compared or not literals or type(literals[0]) is not int:
        return None
    fact, operator, number = compared[0], compared[1], literals[0]
    low = {">=": number, ">": number + 1, "==": number}.get(operator)
    high = {"<": number, "<=": number + 1, "==": number + 1}.get(operator)
    return None if low is None and high is None else Range(fact, low, high)


def facts_in(expression: Any) -> Iterator[Fact]:
    """Yield every fact that an expression speaks of, also those it only asks to be there."""
    if isinstance(expression, Mapping):
        holder = expression.get(".") or expression.get("has")
        if isinstance(holder, Mapping) and "Var" in holder["left"]:
            yield Fact(holder["left"]["Var"], holder["attr"])
        for inner in expression.values():
            yield from facts_in(inner)
    elif isinstance(expression, list):
        for inner in expression:
            yield from facts_in(inner)


def limits_of(fact: Fact, expression: Any) -> Iterator[int]:
    """Yield the greatest numbers of `fact` with which a comparison inside says something else."""
    if isinstance(expression, Mapping):
        if len(expression) == 1 and (found := range_of(expression)) and found.fact == fact:
            yield from (limit - 1 for limit in (found.low, found.high) if limit is not None)
        for inner in expression.values():
            yield from limits_of(fact, inner)
    elif isinstance(expression, list):
        for inner in expression:
            yield from limits_of(fact, inner)
