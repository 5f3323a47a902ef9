"""The bound on the rows that come back, put into the statement itself."""

from sqlglot import exp

from scopeward_guard.sql._grammar.refusal import SqlRefusedError
from scopeward_guard.sql._grammar.vocabulary import SURVEYS


def _is_share(limit: exp.Expr) -> bool:
    return any(options.args.get("percent") for options in limit.find_all(exp.LimitOptions))


def limited(tree: exp.Expr, max_rows: int) -> exp.Expr:
    """Bound the rows of the whole, without a query around it that could lose their order."""
    if isinstance(tree, exp.DML | exp.Insert):
        if tree.args.get("returning"):
            raise SqlRefusedError("The rows of RETURNING cannot be limited.")
        return tree
    if isinstance(tree, SURVEYS):
        return tree
    limit = tree.args.get("limit")
    if limit is not None and _is_share(limit):
        raise SqlRefusedError("A limit in per cent cannot be bounded; write a number of rows.")
    own = None if limit is None else limit.args.get("expression") or limit.args.get("count")
    if isinstance(limit, exp.Fetch) and own is None:
        own = exp.Literal.number(1)
    bound: exp.Expr = exp.Literal.number(max_rows)
    if isinstance(own, exp.Literal) and not own.is_string and own.name.isdecimal():
        bound = exp.Literal.number(min(int(own.name), max_rows))
    elif own is not None:
        bound = exp.Least(this=own.copy(), expressions=[bound])
    tree.set("limit", exp.Limit(expression=bound))
    return tree
