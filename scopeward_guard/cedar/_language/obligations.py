"""Obligations as they are annotated on policies, and what they come to for one question.

    @row_filter("finance.payments.project in principal.projects")
    @mask("finance.payments.card_number last4; hr.employees.iban last4")
    @row_limit("1000")
    @approvers("owner signed; 2 role:dpo; requester")

What a question does not touch obliges to nothing. Names are compared without regard to capitals: no
two databases agree on them, and a mask that is passed over masks nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scopeward_guard._authzen import Obligation
from scopeward_guard._base.errors import MalformedError
from scopeward_guard._base.masks import MASK, is_mask, strictest

Facts = Mapping[str, Mapping[str, Any]]
"""As `Question.facts`."""

_NAME = r"[A-Za-z_][\w$]*"
_COLUMN = rf"(?:{_NAME}\.)+{_NAME}"
_FILTER = re.compile(
    rf"(?P<table>(?:{_NAME}\.)*{_NAME})\.(?P<column>{_NAME}) in "
    rf"(?:principal\.(?P<fact>{_NAME})|\[(?P<values>[^\]]*)\])"
)
_MASK = re.compile(rf"(?P<column>{_COLUMN}) (?P<kind>{MASK})")
_LIMIT = re.compile(r"[1-9][0-9]{0,8}")
_APPROVERS = re.compile(
    r"(?:(?P<needed>[1-9][0-9]?) )?(?P<who>owner|requester|role:\S+)(?P<signed> signed)?"
)
_QUOTED = re.compile(r"\s*\"([^\"\\]*)\"\s*")


@dataclass(frozen=True, slots=True)
class Duty:
    """One obligation of a policy. `of` says what it comes to for a question, None if nothing."""

    of: Callable[[Facts], Obligation | None]
    facts: frozenset[str] = frozenset()
    """The names of the facts that it looks at."""
    permits: bool = True
    """Whether it belongs to a permit; `@approvers` belongs to a forbid."""
    column: str = ""
    """The `schema.table.column` that it is about, if it is about one."""


def duties_of(annotations: Mapping[str, str]) -> tuple[Duty, ...]:
    """Return the duties among a policy's annotations; raises `MalformedError` in words."""
    return tuple(
        duty
        for name, read in _READERS.items()
        if name in annotations
        for part in annotations[name].split(";")
        for duty in [read(part.strip())]
    )


def obligations_of(duties: Iterable[Duty], facts: Facts) -> tuple[Obligation, ...]:
    """Return what the duties come to, each once, in their order.

    Several masks of one column are one, the strictest; several filters of a table all hold.
    """
    found: list[Obligation] = []
    for duty in duties:
        obligation = duty.of(facts)
        if obligation is not None and obligation not in found:
            found.append(obligation)
    return tuple(_one_mask_a_column(found))


def _one_mask_a_column(found: list[Obligation]) -> Iterator[Obligation]:
    masks: dict[str, str] = {}
    for obligation in found:
        if obligation.id == "mask":
            column = str(obligation.parameters["column"])
            kind = str(obligation.parameters["kind"])
            masks[column] = strictest(masks.get(column, kind), kind)
    for obligation in found:
        if obligation.id != "mask":
            yield obligation
        elif kind := masks.pop(obligation.parameters["column"], ""):
            yield Obligation(
                id="mask", parameters={"column": obligation.parameters["column"], "kind": kind}
            )


def _row_filter(text: str) -> Duty:
    match = _FILTER.fullmatch(text)
    if not match:
        raise MalformedError(f"@row_filter: {text!r} is not `table.column in principal.fact`")
    table, column, fact = match["table"], match["column"], match["fact"]
    listed = None if fact else _quoted(match["values"])

    def of(facts: Facts) -> Obligation | None:
        named = _as_named(table, facts["resource"].get("tables", ()))
        if named is None:
            return None
        values = listed if listed is not None else _values(facts["principal"].get(fact))
        parameters = {"table": named, "column": column, "in": values}
        return Obligation(id="row_filter", parameters=parameters)

    return Duty(of, frozenset({"tables", fact or "tables"}), column=f"{table}.{column}")


def _mask(text: str) -> Duty:
    match = _MASK.fullmatch(text)
    if not match:
        raise MalformedError(f"@mask: {text!r} is not `table.column kind`")
    column, kind = match["column"], match["kind"]
    if not is_mask(kind):
        raise MalformedError(f"@mask: there is no mask {kind!r}")

    def of(facts: Facts) -> Obligation | None:
        named = _as_named(column, facts["resource"].get("columns", ()))
        if named is None:
            return None
        return Obligation(id="mask", parameters={"column": named, "kind": kind})

    return Duty(of, frozenset({"columns"}), column=column)


def _as_named(name: str, among: Iterable[str]) -> str | None:
    """Return how a question writes a name, None when it is not in it."""
    key = name.casefold()
    return next((other for other in among if other.casefold() == key), None)


def _row_limit(text: str) -> Duty:
    if not _LIMIT.fullmatch(text):
        raise MalformedError(f"@row_limit: {text!r} is not a number of rows")
    obligation = Obligation(id="row_limit", parameters={"rows": int(text)})
    # Only a query has rows; an endpoint that was permitted along with it has none to limit.
    return Duty(
        lambda facts: obligation if "tables" in facts["resource"] else None, frozenset({"tables"})
    )


def _approvers(text: str) -> Duty:
    match = _APPROVERS.fullmatch(text)
    if not match:
        raise MalformedError(
            f"@approvers: {text!r} is not `[how many] owner|requester|role:name [signed]`"
        )
    who, _, role = match["who"].partition(":")
    parameters: dict[str, Any] = {"who": who, "needed": int(match["needed"] or 1)}
    parameters |= {"role": role} if role else {}
    parameters |= {"signed": True} if match["signed"] else {}
    obligation = Obligation(id="approvers", parameters=parameters)
    return Duty(lambda _facts: obligation, permits=False)


def _quoted(text: str) -> list[str]:
    parts = [_QUOTED.fullmatch(part) for part in text.split(",")] if text.strip() else []
    if not all(parts):
        raise MalformedError("@row_filter: a list is of quoted strings")
    return [part[1] for part in parts if part]


def _values(value: Any) -> list[str]:
    """Return the values of a fact; nobody's fact lets no row through."""
    if isinstance(value, str):
        return [value]
    return list(value) if isinstance(value, list) else []


_READERS: Mapping[str, Callable[[str], Duty]] = {
    "row_filter": _row_filter,
    "mask": _mask,
    "row_limit": _row_limit,
    "approvers": _approvers,
}
DUTIES: tuple[str, ...] = tuple(_READERS)
"""The annotations that oblige."""
