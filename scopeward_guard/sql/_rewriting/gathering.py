"""Aggregates that gather rows into one value, kept within the limit of rows."""

from typing import Final

from sqlglot import exp

from scopeward_guard.sql._grammar import functions
from scopeward_guard.sql._grammar.refusal import SqlRefusedError, quoted
from scopeward_guard.sql._grammar.vocabulary import QUERIES

GATHERS: Final[dict[type[exp.Expr], str]] = {
    exp.Array: "ARRAY(SELECT …)",
    exp.ArrayAgg: "array_agg",
    exp.GroupConcat: "string_agg",
    exp.JSONArrayAgg: "json_agg",
    exp.JSONObjectAgg: "json_object_agg",
    exp.JSONBObjectAgg: "jsonb_object_agg",
    exp.Max: "max of several",
    exp.Min: "min of several",
    exp.ArgMax: "max_by of several",
    exp.ArgMin: "min_by of several",
}
"""Kinds of node, with how people know them; some of them only in one of their forms."""

GATHERS_BY_NAME: Final = frozenset({
    "histogram", "json_agg", "json_group_array", "json_group_object", "jsonb_agg",
    "jsonb_object_agg", "list",
})  # fmt: skip


REPEATS: Final = (exp.Cube, exp.Rollup, exp.GroupingSets)
"""Ways to group that put one row into several groups."""


def check_gathered(tree: exp.Expr, max_rows: int) -> None:
    """Refuse an aggregate that could put more than `max_rows` rows into what is returned.

    It may gather what a subquery with a LIMIT of its own hands on. Raises SqlRefusedError.
    """
    for node in tree.find_all(exp.Func):
        name = _gatherer(node)
        if name and not _is_bounded(node, tree, max_rows):
            raise SqlRefusedError(
                f"{quoted(name)} gathers any number of rows into one value, and {max_rows} may"
                f" come back: gather from a subquery with LIMIT {max_rows}, in the outermost query."
            )


def _gatherer(node: exp.Expr) -> str:
    """Return what a function is called that makes one value of many rows; "" for any other."""
    if isinstance(node, exp.Anonymous):
        name = functions.called(node)
        return name if name in GATHERS_BY_NAME else ""
    if isinstance(node, exp.Array) and node.find(*QUERIES) is None:
        return ""
    if isinstance(node, exp.Max | exp.Min | exp.ArgMax | exp.ArgMin):
        several = node.args.get("expressions") or node.args.get("count")
        return GATHERS[type(node)] if several else ""
    return GATHERS.get(type(node), "")


def _is_bounded(node: exp.Expr, tree: exp.Expr, max_rows: int) -> bool:
    query = node.find_ancestor(exp.Select)
    if (
        isinstance(node, exp.Array)
        or query is not tree
        or query.args.get("joins")
        or node.find_ancestor(exp.Window)
    ):
        return False
    group = query.args.get("group")
    if group is not None and group.find(*REPEATS) is not None:
        return False
    clause = query.args.get("from_")
    if clause is None:
        return True
    source = clause.this
    limit = source.this.args.get("limit") if isinstance(source, exp.Subquery) else None
    rows = limit.args.get("expression") if isinstance(limit, exp.Limit) else None
    return isinstance(rows, exp.Literal) and rows.name.isdecimal() and int(rows.name) <= max_rows
