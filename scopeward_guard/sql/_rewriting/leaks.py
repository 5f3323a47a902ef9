"""Whether a statement could tell of rows that a filter leaves out, were it tried on them.

A server may try the conditions of a statement in any order, the filter's among them, and an error
of one of them tells of the row it met. A condition that cannot fail tells nothing, so a table may
be read by its indexes; whoever might fail sees only rows that a fence has let through.
"""

import re
from typing import Final

from sqlglot import exp

from scopeward_guard.sql._grammar.dialects import POSTGRES, Dialect
from scopeward_guard.sql._grammar.functions import AGGREGATES
from scopeward_guard.sql._grammar.vocabulary import QUERIES

ALWAYS: Final[frozenset[type[exp.Expr]]] = frozenset({
    exp.Select, exp.Union, exp.Intersect, exp.Except, exp.Subquery, exp.From, exp.Join, exp.Table,
    exp.TableAlias, exp.With, exp.CTE, exp.Where, exp.Having, exp.Group, exp.Order, exp.Ordered,
    exp.Distinct, exp.Alias, exp.Column, exp.Identifier, exp.Star, exp.Literal, exp.Null,
    exp.Boolean, exp.Parameter, exp.Placeholder, exp.Paren, exp.And, exp.Or, exp.Not, exp.EQ,
    exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between,
    exp.In, exp.Exists, exp.Coalesce, exp.Nullif, exp.Lower, exp.Upper, exp.StartsWith,
    exp.CurrentDate, exp.CurrentTimestamp, exp.Values, exp.Tuple, exp.Limit, exp.Offset,
})  # fmt: skip
"""Nodes that do not fail in PostgreSQL, whatever the values are, when their parts do not."""

SMALL_INTERVAL: Final = re.compile(r"[0-9]{1,3}( ?[a-z]+)?\Z")
"""What added to today leaves no range: at most 999 years."""


def may_tell(tree: exp.Expr, dialect: Dialect) -> bool:
    """Tell whether some part of the statement could fail on a row that a filter leaves out.

    What the outermost query puts out, groups or orders by is looked at after all conditions. DuckDB
    casts the sides of a comparison to each other by itself, so there every statement may fail.
    """
    if dialect is not POSTGRES:
        return True
    if not isinstance(tree, exp.Select):
        return any(not _is_safe(part) for part in _conditions(tree))
    shown = [*tree.expressions, tree.args.get("order"), tree.args.get("group")]
    seen_late = {id(part) for part in shown if part is not None}
    inside = (query for part in shown if part is not None for query in part.find_all(*QUERIES))
    rest = (part for part in tree.iter_expressions() if id(part) not in seen_late)
    return not (all(map(_is_safe, inside)) and all(map(_is_safe, rest)))


def _conditions(tree: exp.Expr) -> list[exp.Expr]:
    """Return all parts of a change but what it writes and returns; of other queries, all."""
    if not isinstance(tree, exp.Update | exp.Delete):
        return [tree]
    written = [*tree.expressions] if isinstance(tree, exp.Update) else []
    queries = [query for part in written for query in part.find_all(*QUERIES)]
    parts = [tree.args.get(name) for name in ("with_", "from_", "where")]
    return [
        *queries,
        *(part for part in parts if part is not None),
        *(tree.args.get("using") or ()),
    ]


def _is_safe(part: exp.Expr) -> bool:
    """Tell whether nothing in this part can fail. Aggregates are worked out on what passed."""
    pending = [part]
    while pending:
        node = pending.pop()
        if type(node) in AGGREGATES:
            if node.find(*QUERIES) is not None:
                return False
            continue
        if not (_is_constant(node) or (type(node) in ALWAYS and _is_plain(node))):
            return False
        if not _is_constant(node):
            pending.extend(node.iter_expressions())
    return True


def _is_plain(node: exp.Expr) -> bool:
    """Refuse a query used as a value: it fails when it has two rows, unless it cannot have them."""
    if not isinstance(node, exp.Subquery) or isinstance(
        node.parent, exp.From | exp.Join | exp.In | exp.Exists | exp.CTE | exp.SetOperation
    ):
        return True
    query = node.this
    return (
        isinstance(query, exp.Select)
        and not query.args.get("group")
        and all(type(shown.unalias()) in AGGREGATES for shown in query.expressions)
    )


def _is_constant(node: exp.Expr) -> bool:
    """Tell whether the server works the node out once, before it looks at any row."""
    if isinstance(node, exp.Cast):
        return isinstance(node.this, exp.Literal)
    if isinstance(node, exp.Like | exp.ILike):
        # A pattern may not end in a backslash, which is found when a value gets that far.
        pattern = node.expression
        return (
            isinstance(node.this, exp.Column)
            and isinstance(pattern, exp.Literal)
            and "\\" not in pattern.name
        )
    if isinstance(node, exp.Add | exp.Sub):
        moved = node.expression
        return isinstance(node.this, exp.CurrentDate | exp.CurrentTimestamp) and (
            isinstance(moved, exp.Interval)
            and isinstance(moved.this, exp.Literal)
            and SMALL_INTERVAL.match(moved.this.name.lower()) is not None
        )
    return False
