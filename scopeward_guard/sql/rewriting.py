"""The SQL to execute: always generated from the checked tree, never the text that was sent.

Each table is replaced by a derived table that has the columns the statement was found to read, no
others, masked where they must be and with the rows it may see. Whatever the statement does with
the table, by whatever name, happens on top of that.
"""

from collections.abc import Mapping
from itertools import count

from sqlglot import exp

from scopeward_guard.sql.derivation import Derivation
from scopeward_guard.sql.dialects import POSTGRES
from scopeward_guard.sql.generation import generate
from scopeward_guard.sql.obligations import Condition, Obligations, understand
from scopeward_guard.sql.refusal import Refused, quoted
from scopeward_guard.sql.uses import Use, use_of

INNER = "t"


def rewrite(
    derivation: Derivation,
    row_filters: Mapping[str, Condition] | None = None,
    masks: Mapping[str, str] | None = None,
    max_rows: int | None = None,
) -> str:
    """Return SQL that does what the statement does, within what it may see.

    `row_filters` maps `schema.table` to a condition on that table's own columns; `masks` maps
    `schema.table.column` to a mask (see `masks.masked`); `max_rows` bounds the rows that come
    back. Parameters stay where they are. Raises Refused for what cannot be kept to: a filter on a
    table that is inserted or merged into, a masked column that a change reads, a row limit on
    RETURNING, a name or mask that is not known.
    """
    obligations = understand(derivation.catalogue, row_filters or {}, masks or {})
    tree = derivation.tree.copy()
    numbers = count(1)
    for node in list(tree.find_all(exp.Table)):
        use = use_of(node)
        if use is None:
            continue
        if use.is_target:
            _keep_target(node, use, obligations)
        else:
            node.replace(_narrowed(node, use, obligations, next(numbers)))
    if max_rows is not None:
        tree = _limited(tree, max_rows)
    return generate(tree, derivation.catalogue.dialect)


def _narrowed(node: exp.Table, use: Use, obligations: Obligations, number: int) -> exp.Subquery:
    """Return the derived table that stands for one mention of a table."""
    base = _named(use)
    base.set("only", node.args.get("only"))
    base.set("alias", exp.TableAlias(this=exp.to_identifier(INNER, quoted=True)))
    shown = [obligations.shown(use.table, column, INNER) for column in use.reads]
    shown += [exp.alias_(exp.null(), column, quoted=True) for column in use.left_out]
    # A table of which only the rows count still needs a column, of a name nobody can ask for.
    query = exp.select(*shown or [exp.alias_(exp.Literal.number(1), f"?{number}", quoted=True)])
    query = query.from_(base, copy=False)
    if condition := obligations.filters.get(use.table):
        query = query.where(condition.of(INNER), copy=False)
        if obligations.catalogue.dialect is POSTGRES:
            # A fence: else the planner may try the statement's own conditions first, and errors
            # and timing would tell of rows that the filter leaves out.
            query = query.offset(0, copy=False)
    alias = node.args.get("alias")
    columns = alias.args.get("columns") if alias else None
    name = exp.to_identifier(node.alias_or_name, quoted=True)
    return exp.Subquery(
        this=query,
        alias=exp.TableAlias(this=name, columns=columns),
        joins=node.args.get("joins"),
    )


def _keep_target(node: exp.Table, use: Use, obligations: Obligations) -> None:
    """Name the table that is changed in full and hold the change to the rows of the filter."""
    hidden = obligations.masks.get(use.table, {}).keys() & set(use.reads)
    if hidden:
        raise Refused(f"A change cannot read the masked column {quoted(min(hidden))}.")
    named = _named(use)
    node.set("this", named.this)
    node.set("db", named.args["db"])
    condition = obligations.filters.get(use.table)
    if condition is None:
        return
    change = node.parent
    if not isinstance(change, exp.Update | exp.Delete):
        raise Refused(f"{quoted(str(use.table))} has a row filter, so rows cannot be put into it.")
    if isinstance(change, exp.Update) and _assigned(change) & condition.columns:
        raise Refused("A change cannot move rows across the row filter.")
    where = change.args.get("where")
    own = condition.of(node.alias_or_name)
    both = own if where is None else exp.and_(own, exp.paren(where.this, copy=False), copy=False)
    change.set("where", exp.Where(this=both))


def _assigned(change: exp.Update) -> set[str]:
    return {
        column.name
        for assignment in change.expressions
        for column in assignment.this.find_all(exp.Column)
    }


def _named(use: Use) -> exp.Table:
    return exp.table_(use.table.table, db=use.table.schema, quoted=True)


def _limited(tree: exp.Expr, max_rows: int) -> exp.Expr:
    """Bound the rows of the whole, without a query around it that could lose their order."""
    if isinstance(tree, exp.DML | exp.Insert):
        if tree.args.get("returning"):
            raise Refused("The rows of RETURNING cannot be limited.")
        return tree
    limit = tree.args.get("limit")
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
