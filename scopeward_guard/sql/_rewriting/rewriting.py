"""The SQL to execute: always generated from the checked tree, never the text that was sent.

Each table is replaced by a derived table that has the columns the statement was found to read, no
others, masked where they must be and with the rows it may see. Whatever the statement does with
the table, by whatever name, happens on top of that.
"""

from collections.abc import Mapping
from itertools import count

from sqlglot import exp

from scopeward_guard.sql._grammar.dialects import DUCKDB, POSTGRES, Dialect
from scopeward_guard.sql._grammar.generation import generate
from scopeward_guard.sql._grammar.refusal import SqlRefusedError, quoted
from scopeward_guard.sql._resolving.derivation import Derivation
from scopeward_guard.sql._resolving.uses import Use, expression_of, use_of
from scopeward_guard.sql._rewriting.gathering import check_gathered
from scopeward_guard.sql._rewriting.leaks import may_tell
from scopeward_guard.sql._rewriting.limits import limited
from scopeward_guard.sql._rewriting.obligations import Condition, Obligations, understand

INNER = "t"
ROW_NUMBER = "rowid"
OUR_NUMBER = "?rowid"
MOST_ROWS = 2**63 - 1
"""A limit that keeps every row, and the planner of DuckDB out."""


def rewrite(
    derivation: Derivation,
    row_filters: Mapping[str, Condition] | None = None,
    masks: Mapping[str, str] | None = None,
    max_rows: int | None = None,
) -> str:
    """Return SQL that does what the statement does, within what it may see.

    `row_filters` maps `schema.table` to a condition on that table's own columns; `masks` maps
    `schema.table.column` to a mask (see `masks.masked`); `max_rows` bounds the rows that come
    back. Parameters stay where they are. Raises SqlRefusedError for what cannot be kept to: a
    filter on a table that is inserted or merged into, a masked column that a change reads, a row
    limit on RETURNING, a name or mask that is not known.
    """
    obligations = understand(derivation.catalogue, row_filters or {}, masks or {})
    tree = derivation.tree.copy()
    dialect = derivation.catalogue.dialect
    if max_rows is not None:
        check_gathered(tree, max_rows)
    fenced = bool(obligations.filters) and may_tell(tree, dialect)
    _name_expressions(tree)
    numbers = count(1)
    for node in list(tree.find_all(exp.Table)):
        use = use_of(node)
        if use is None:
            continue
        if use.is_target:
            _keep_target(node, use, obligations, fenced=fenced)
        else:
            node.replace(_narrowed(node, use, obligations, next(numbers), fenced=fenced))
    if max_rows is not None:
        tree = limited(tree, max_rows)
    return generate(tree, dialect)


def _name_expressions(tree: exp.Expr) -> None:
    """Give each common table expression a name that is nothing else's.

    Where the server does not see the one that we see, it must not find a table, a file or a
    variable of its caller instead.
    """
    for node in list(tree.find_all(exp.CTE, exp.Table)):
        number = expression_of(node)
        if number is None:
            continue
        name = exp.to_identifier(f"?w{number}", quoted=True)
        if isinstance(node, exp.CTE):
            node.args["alias"].set("this", name)
            continue
        alias = node.args.get("alias") or exp.TableAlias()
        alias.set("this", exp.to_identifier(node.alias_or_name, quoted=True))
        node.set("alias", alias)
        node.set("this", name)


def _narrowed(
    node: exp.Table, use: Use, obligations: Obligations, number: int, *, fenced: bool
) -> exp.Subquery:
    """Return the derived table that stands for one mention of a table."""
    base = _named(use)
    base.set("only", node.args.get("only"))
    base.set("sample", node.args.get("sample"))
    base.set("alias", exp.TableAlias(this=exp.to_identifier(INNER, quoted=True)))
    shown = [obligations.shown(use.table, column, INNER) for column in use.reads]
    shown += [exp.alias_(exp.null(), column, quoted=True) for column in use.left_out]
    # A table of which only the rows count still needs a column, of a name nobody can ask for.
    query = exp.select(*shown or [exp.alias_(exp.Literal.number(1), f"?{number}", quoted=True)])
    query = query.from_(base, copy=False)
    if condition := obligations.filters.get(use.table):
        if node.args.get("sample"):
            raise SqlRefusedError(
                f"A sample of {quoted(str(use.table))} would count rows you may not see."
            )
        query = query.where(condition.of(INNER), copy=False)
        hidden = obligations.masks.get(use.table, {}).keys() & set(use.reads)
        if fenced or hidden:
            query = _fenced(query, obligations.catalogue.dialect)
    alias = node.args.get("alias")
    columns = alias.args.get("columns") if alias else None
    name = exp.to_identifier(node.alias_or_name, quoted=True)
    return exp.Subquery(
        this=query,
        alias=exp.TableAlias(this=name, columns=columns),
        joins=node.args.get("joins"),
        pivots=node.args.get("pivots"),
    )


def _fenced(query: exp.Select, dialect: Dialect) -> exp.Select:
    """Keep the planner from trying the statement's own conditions on rows not yet filtered."""
    if dialect is POSTGRES:
        return query.offset(0, copy=False)
    return query.limit(MOST_ROWS, copy=False)


def _keep_target(node: exp.Table, use: Use, obligations: Obligations, *, fenced: bool) -> None:
    """Name the table that is changed in full and hold the change to the rows of the filter."""
    hidden = obligations.masks.get(use.table, {}).keys() & set(use.reads)
    if hidden:
        raise SqlRefusedError(f"A change cannot read the masked column {quoted(min(hidden))}.")
    named = _named(use)
    node.set("this", named.this)
    node.set("db", named.args["db"])
    condition = obligations.filters.get(use.table)
    if condition is None:
        return
    change = node.parent
    if not isinstance(change, exp.Update | exp.Delete):
        raise SqlRefusedError(
            f"{quoted(str(use.table))} has a row filter, so rows cannot be put into it."
        )
    key = obligations.catalogue.dialect.key
    filtered = {key(column) for column in condition.columns}
    if isinstance(change, exp.Update) and filtered & {key(name) for name in _assigned(change)}:
        raise SqlRefusedError("A change cannot move rows across the row filter.")
    where = change.args.get("where")
    own = condition.of(node.alias_or_name)
    if where is None:
        change.set("where", exp.Where(this=own))
    elif not fenced:
        both = exp.and_(own, exp.paren(where.this, copy=False), copy=False)
        change.set("where", exp.Where(this=both))
    elif obligations.catalogue.dialect is POSTGRES:
        # CASE is tried in order; the sides of AND are not.
        tried = exp.Case(ifs=[exp.If(this=own, true=where.this)], default=exp.false())
        change.set("where", exp.Where(this=tried))
    else:
        chosen = _chosen(change, node, use, condition.of(INNER))
        change.set("where", exp.Where(this=exp.and_(own, chosen, copy=False)))


def _chosen(
    change: exp.Update | exp.Delete, node: exp.Table, use: Use, condition: exp.Expr
) -> exp.Expr:
    """Return a condition for the rows that the statement's own picks out of those of the filter.

    DuckDB takes CASE apart when there is a query in it; rows have numbers there.
    """
    if change.args.get("from_") or change.args.get("using") or ROW_NUMBER in use.reads:
        raise SqlRefusedError(
            "A change of a filtered table cannot join others here; use a subquery."
        )
    number = exp.column(ROW_NUMBER, table=INNER, quoted=True)
    shown = [exp.column(column, table=INNER, quoted=True) for column in use.reads]
    base = _named(use)
    base.set("alias", exp.TableAlias(this=exp.to_identifier(INNER, quoted=True)))
    inner = exp.select(exp.alias_(number, OUR_NUMBER, quoted=True), *shown).from_(base, copy=False)
    inner = _fenced(inner.where(condition, copy=False), DUCKDB)
    picked = exp.select(exp.column(OUR_NUMBER, quoted=True))
    picked = picked.from_(inner.subquery(exp.to_identifier(node.alias_or_name, quoted=True)))
    picked.set("where", change.args["where"])
    there = exp.column(ROW_NUMBER, table=node.alias_or_name, quoted=True)
    return exp.In(this=there, query=exp.Subquery(this=picked))


def _assigned(change: exp.Update) -> set[str]:
    """Return the names of the columns that SET changes, as they are written."""
    targets = [assignment.this.unnest() for assignment in change.expressions]
    columns = [t.expressions if isinstance(t, exp.Tuple) else [t] for t in targets]
    return {column.name for several in columns for column in several}


def _named(use: Use) -> exp.Table:
    return exp.table_(use.table.table, db=use.table.schema, quoted=True)
