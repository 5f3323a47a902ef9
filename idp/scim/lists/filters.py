"""Filters (RFC 7644 §3.4.2.2): parsed whole; what has an index is asked of the database.

A condition for the database finds all that can match, and most often only that. What is left is
looked at one by one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from scim2_models import InvalidFilterException, ScimFilter
from scim2_models.path import (
    CompareOperator,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
    coerce_value,
)

from foundation.base.texts.canonical_names import canonical_name
from foundation.base.texts.storable import is_storable
from idp.scim.limits import LONGEST_FILTER, MOST_TERMS


@dataclass(frozen=True)
class Condition:
    """`q` finds at least what matches; only that where it `is_exact`."""

    q: Q
    is_exact: bool


ANY = Condition(Q(), is_exact=False)
NONE = Q(pk__in=[])
Translate = Callable[[CompareOperator, Any], Condition]


def read_filter(text: str, model: Any) -> Any:
    """Return the bound filter; raises `InvalidFilterException`, also for an unknown attribute."""
    if len(text) > LONGEST_FILTER or not is_storable(text):
        raise InvalidFilterException(detail=f"A filter has at most {LONGEST_FILTER} characters.")
    read = ScimFilter[model](text)
    if _Terms().visit(read.ast) > MOST_TERMS:
        raise InvalidFilterException(detail=f"A filter has at most {MOST_TERMS} terms.")
    read._validate_semantics(strict=True)  # noqa: SLF001 - an unknown attribute is invalidFilter
    return read


class _Terms(FilterVisitor[int]):
    """Counts."""

    def visit_comparison(self, node: Comparison) -> int:
        return 1

    def visit_present(self, node: Present) -> int:
        return 1

    def visit_not(self, node: Not) -> int:
        return self.visit(node.expr)

    def visit_logical_expr(self, node: LogicalExpr) -> int:
        return sum(self.visit(term) for term in node.terms)

    def visit_value_path(self, node: ValuePath) -> int:
        return self.visit(node.val_filter)


class Translator(FilterVisitor[Condition]):
    """Makes a condition of a filter; `columns` are translations by attribute path in lower case."""

    def __init__(self, bound: Any, columns: Mapping[str, Translate]) -> None:
        self.bound, self.columns = bound, columns

    def visit_comparison(self, node: Comparison) -> Condition:
        """Translate `attribute op value`."""
        binding = self.bound.resolve_comparison(node.attr_path, strict=False)
        if binding is None:
            # Only where several kinds are searched: of the one without it, nothing matches.
            return Condition(NONE, is_exact=True)
        translate = self.columns.get(_short(binding))
        if translate is None or not isinstance(node.value, str | bool):
            return ANY
        return translate(node.op, coerce_value(binding, node.value, node.op))

    def visit_present(self, node: Present) -> Condition:
        """Look at each."""
        return ANY

    def visit_value_path(self, node: ValuePath) -> Condition:
        """Look at each."""
        return ANY

    def visit_not(self, node: Not) -> Condition:
        """Turn it round, where nothing is left to look at."""
        inner = self.visit(node.expr)
        return Condition(~inner.q, is_exact=True) if inner.is_exact else ANY

    def visit_logical_expr(self, node: LogicalExpr) -> Condition:
        """Join the terms."""
        terms = [self.visit(term) for term in node.terms]
        is_exact = all(term.is_exact for term in terms)
        joined = terms[0].q
        for term in terms[1:]:
            joined = joined & term.q if node.op == LogicalOperator.and_ else joined | term.q
        if node.op == LogicalOperator.or_ and any(not term.q for term in terms):
            return ANY
        return Condition(joined, is_exact=is_exact)


def _short(binding: Any) -> str:
    name = ".".join(filter(None, (binding.field_name, binding.sub_field_name)))
    return str(name)


def name_column(column: str) -> Translate:
    """Compare by the canonical form, which a column has."""
    lookups = {"eq": "", "co": "__contains", "sw": "__startswith", "ew": "__endswith"}

    def translate(op: CompareOperator, value: Any) -> Condition:
        lookup = lookups.get(op.value)
        if lookup is None:
            return ANY
        # The database finds by our form, which takes more together than RFC 7643 does.
        return Condition(Q(**{column + lookup: canonical_name(value)}), is_exact=False)

    return translate


def text_column(column: str, *, is_exact: bool = True) -> Translate:
    """Compare texts as they are, or case apart (not `is_exact`)."""

    def translate(op: CompareOperator, value: Any) -> Condition:
        if op is not CompareOperator.eq or not value:
            return ANY
        return Condition(Q(**{column if is_exact else f"{column}__iexact": value}), is_exact)

    return translate


def key_column(column: str) -> Translate:
    """Compare keys."""

    def translate(op: CompareOperator, value: Any) -> Condition:
        if op is not CompareOperator.eq:
            return ANY
        try:
            key = UUID(value)
        except ValueError:
            return Condition(NONE, is_exact=True)
        return Condition(Q(**{column: key}) if str(key) == value else NONE, is_exact=True)

    return translate


def flag_column(column: str) -> Translate:
    """Compare truth values."""

    def translate(op: CompareOperator, value: Any) -> Condition:
        if op not in {CompareOperator.eq, CompareOperator.ne} or not isinstance(value, bool):
            return ANY
        return Condition(Q(**{column: value is (op is CompareOperator.eq)}), is_exact=True)

    return translate


def time_column(column: str) -> Translate:
    """Compare moments."""
    lookups = {"gt": "__gt", "ge": "__gte", "lt": "__lt", "le": "__lte"}

    def translate(op: CompareOperator, value: Any) -> Condition:
        if op.value not in lookups or not isinstance(value, datetime):
            return ANY
        return Condition(Q(**{column + lookups[op.value]: value}), is_exact=True)

    return translate


USERS: Mapping[str, Translate] = {
    "id": key_column("person"),
    "user_name": name_column("user_name_key"),
    "external_id": text_column("external_id"),
    "active": flag_column("person__is_active"),
    "meta.created": time_column("created_at"),
    "meta.last_modified": time_column("person__updated_at"),
}
GROUPS: Mapping[str, Translate] = {
    "id": key_column("pk"),
    "display_name": text_column("group__name", is_exact=False),
    "external_id": text_column("external_id"),
    "members.value": key_column("group__user"),
    "meta.created": time_column("created_at"),
    "meta.last_modified": time_column("updated_at"),
}
