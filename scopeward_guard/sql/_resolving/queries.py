"""The walk over queries: what each one is made of, in the order in which names become visible."""

from collections.abc import Callable
from itertools import count
from typing import Final

from sqlglot import exp

from scopeward_guard.sql._grammar.checks import check_parts, check_sample
from scopeward_guard.sql._grammar.refusal import SqlRefusedError
from scopeward_guard.sql._grammar.vocabulary import CHANGES
from scopeward_guard.sql._resolving.expressions import Expressions
from scopeward_guard.sql._resolving.scope import Named, NameScope, Outputs
from scopeward_guard.sql._resolving.sources import Sources
from scopeward_guard.sql._resolving.uses import note_expression

MAX_OUTPUTS: Final = 2_000
"""Columns of one query: stars over stars multiply."""

Change = Callable[[exp.Expr, NameScope], Outputs]


class Queries:
    """Resolves queries. `change` is called for a data-modifying CTE and returns its columns."""

    def __init__(self, sources: Sources, expressions: Expressions, change: Change) -> None:
        self._sources = sources
        self._expressions = expressions
        self._key = expressions.dialect.key
        self._aliases_everywhere = expressions.dialect.aliases_everywhere
        self._change = change
        self._numbers = count(1)

    def query(self, node: exp.Expr, parent: NameScope | None = None) -> Outputs:
        """Count all that a query reads and return its columns. Raises SqlRefusedError."""
        check_parts(node)
        scope = NameScope(parent)
        self.with_clause(node, scope)
        if isinstance(node, exp.Select):
            return self._select(node, scope)
        if isinstance(node, exp.SetOperation):
            outputs = self._set_operation(node, scope)
        elif isinstance(node, exp.Subquery) and not node.args.get("joins"):
            outputs = self.query(node.this, scope)
        else:
            raise SqlRefusedError("Only queries may be put together or stand in brackets.")
        self._ordered(node, scope, outputs)
        return outputs

    def with_clause(self, node: exp.Expr, scope: NameScope) -> None:
        """Make the common table expressions of a query or change visible in its scope."""
        clause = node.args.get("with_")
        if clause is None:
            return
        check_parts(clause)
        for cte in clause.expressions:
            check_parts(cte)
            check_parts(cte.args["alias"])
            name = self._key(cte.alias)
            if name in scope.ctes:
                raise SqlRefusedError("Two common table expressions have the same name.")
            number = next(self._numbers)
            note_expression(cte, number)
            recursive = bool(clause.recursive)
            scope.ctes[name] = Named(self._cte(cte, scope, number, recursive=recursive), number)

    def _cte(self, cte: exp.CTE, scope: NameScope, number: int, *, recursive: bool) -> Outputs:
        columns = [self._key(column.name) for column in cte.args["alias"].columns]
        if isinstance(cte.this, CHANGES):
            return _renamed(self._change(cte.this, NameScope(scope)), columns)
        if not (recursive and isinstance(cte.this, exp.SetOperation)):
            return _renamed(self.query(cte.this, scope), columns)
        inner = NameScope(scope)
        check_parts(cte.this)
        self.with_clause(cte.this, inner)
        name = self._key(cte.alias)

        def see_itself(first: Outputs) -> None:
            inner.ctes[name] = Named(_renamed(first, columns), number)

        outputs = self._set_operation(cte.this, inner, see_itself)
        self._ordered(cte.this, inner, outputs)
        return _renamed(outputs, columns)

    def _set_operation(
        self,
        node: exp.SetOperation,
        scope: NameScope,
        before_last: Callable[[Outputs], None] | None = None,
    ) -> Outputs:
        """Resolve the operands, left to right, without going deeper for each.

        `before_last`: of a recursive query only the last operand sees the query itself.
        """
        later: list[exp.Expr] = []
        first: exp.Expr = node
        while isinstance(first, exp.SetOperation) and (first is node or not _has_own(first)):
            check_parts(first)
            later.append(first.expression)
            first = first.this
        outputs = self.query(first, scope)
        for operand in reversed(later):
            if before_last and operand is later[0]:
                before_last(outputs)
            more = self.query(operand, scope)
            if operand.parent is not None and operand.parent.args.get("by_name"):
                outputs = (*outputs, *(name for name in more if name not in outputs))
        return outputs

    def _select(self, node: exp.Select, scope: NameScope) -> Outputs:
        check_sample(node)
        self._sources.from_clause(node, scope)
        outputs = self._outputs(node.expressions, scope)
        for expression in node.expressions:
            self._expressions.read(expression, scope)
            if self._aliases_everywhere and isinstance(expression, exp.Alias):
                scope.aliases.add(self._key(expression.alias))
        for window in node.args.get("windows") or ():
            self._expressions.read(window, scope)
        for part in ("where", "having", "qualify"):
            self._expressions.read(node.args.get(part), scope)
        scope.aliases = {name for name in outputs if name is not None}
        for part in ("distinct", "group"):
            self._expressions.read(node.args.get(part), scope)
        self._ordered(node, scope, outputs)
        return outputs

    def _ordered(self, node: exp.Expr, scope: NameScope, outputs: Outputs) -> None:
        scope.aliases = {name for name in outputs if name is not None}
        for part in ("order", "limit", "offset"):
            self._expressions.read(node.args.get(part), scope)

    def _outputs(self, projections: list[exp.Expr], scope: NameScope) -> Outputs:
        outputs: list[str | None] = []
        for projection in projections:
            if projection.is_star and not projection.find(exp.Columns):
                outputs.extend(self._starred(projection, scope))
            elif isinstance(projection, exp.Alias | exp.Column):
                outputs.append(self._key(projection.alias_or_name))
            else:
                outputs.append(None)
            if len(outputs) > MAX_OUTPUTS:
                raise SqlRefusedError(f"A query has more than {MAX_OUTPUTS} columns.")
        return tuple(outputs)

    def _starred(self, star: exp.Expr, scope: NameScope) -> Outputs:
        """Return the columns of `*` and `alias.*`; one it leaves out may stay in, unread."""
        if isinstance(star, exp.Column):
            sources = [scope.source(self._key(star.table))]
        else:
            sources = scope.sources
        names: list[str | None] = [name for source in sources for name in source.columns]
        return (*names, *(None for source in sources if source.has_unnamed))


def _has_own(node: exp.Expr) -> bool:
    return any(node.args.get(part) for part in ("with_", "order", "limit", "offset"))


def _renamed(outputs: Outputs, columns: list[str]) -> Outputs:
    if len(columns) > len(outputs) and None not in outputs:
        raise SqlRefusedError("A list of column names is longer than what it names.")
    return (*columns, *outputs[len(columns) :])
