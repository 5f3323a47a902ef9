"""The walk over FROM: which sources there are and what joining them reads."""

from collections.abc import Callable
from itertools import count
from typing import Final

from sqlglot import exp

from scopeward_guard.sql._grammar import functions
from scopeward_guard.sql._grammar.checks import check_parts, check_sample
from scopeward_guard.sql._grammar.refusal import SqlRefusedError, quoted
from scopeward_guard.sql._grammar.vocabulary import JOINS, QUERIES
from scopeward_guard.sql._resolving.catalogue import Catalogue
from scopeward_guard.sql._resolving.expressions import Expressions
from scopeward_guard.sql._resolving.scope import NameScope, Outputs, Source, derived
from scopeward_guard.sql._resolving.uses import Use, note_expression, note_use

MAX_SOURCES: Final = 200
Query = Callable[[exp.Expr, NameScope | None], Outputs]


class Sources:
    """Resolves FROM clauses and remembers every table of the catalogue that it meets."""

    def __init__(self, catalogue: Catalogue, expressions: Expressions, query: Query) -> None:
        self._catalogue = catalogue
        self._key = catalogue.dialect.key
        self._implicit_lateral = catalogue.dialect.implicit_lateral
        self._expressions = expressions
        self._query = query
        self._named: list[tuple[exp.Table, Source]] = []
        self._numbers = count(1)

    def uses(self) -> list[Use]:
        """Write on each table's node how it is used, and return that, in order of mention."""
        uses = []
        for node, source in self._named:
            if source.table is not None:
                left_out = source.left_out - source.reads
                reads, unread = (
                    tuple(name for key, name in source.columns.items() if key in keys)
                    for keys in (source.reads, left_out)
                )
                uses.append(Use(source.table, reads, unread, source.is_target))
                note_use(node, uses[-1])
        return uses

    def from_clause(self, node: exp.Expr, scope: NameScope) -> None:
        """Add the sources of a query's FROM and its joins to the scope. Raises SqlRefusedError."""
        clause = node.args.get("from_")
        if clause is None:
            if node.args.get("joins"):
                raise SqlRefusedError("A join needs something to join to.")
            return
        self._joined(self.item(clause.this, scope), node.args.get("joins") or [], scope)

    def item(self, node: exp.Expr, scope: NameScope) -> list[Source]:
        """Add one item of a FROM, with the joins that hang on it, and return its sources."""
        check_parts(node)
        check_sample(node)
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table | exp.Subquery):
            added = self._in_brackets(node, scope)
        else:
            added = [self._pivoted(node, self._one(node, scope), scope)]
            scope.add(added[0])
        return self._joined(added, node.args.get("joins") or [], scope)

    def table(self, node: exp.Table, scope: NameScope, *, is_target: bool = False) -> Source:
        """Return the source of a table's name: a CTE in sight, else a table of the catalogue."""
        named = None if node.args.get("db") else scope.cte(self._key(node.name))
        alias = self._key(node.alias_or_name)
        if named is not None and not is_target:
            note_expression(node, named.number)
            return derived(alias, self._renamed(named.outputs, node))
        name = self._catalogue.find(node.db or None, node.name)
        source = Source(alias, self._catalogue.columns(name), name, is_target=is_target)
        self._named.append((node, source))
        if len(self._named) > MAX_SOURCES:
            raise SqlRefusedError(f"The statement names more than {MAX_SOURCES} tables.")
        if not self._columns(node):
            return source
        # What the new names stand for depends on the order of the columns, so all are read.
        source.read_whole()
        return derived(alias, self._renamed(tuple(source.columns), node))

    def _one(self, node: exp.Expr, scope: NameScope) -> Source:
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            return self.table(node, scope)
        if isinstance(node, exp.Table):
            return self._function(node, node.this, scope)
        if isinstance(node, exp.Lateral):
            return self._lateral(node, scope)
        if isinstance(node, exp.Unnest):
            return self._function(node, node, scope)
        if isinstance(node, exp.Values):
            return self._values(node, self._beside(scope))
        if isinstance(node, QUERIES):
            return self._subquery(node, self._beside(scope))
        raise SqlRefusedError(f"{quoted(type(node).__name__)} is not understood in FROM.")

    def _pivoted(self, node: exp.Expr, source: Source, scope: NameScope) -> Source:
        """Return what PIVOT makes of a source: it groups by whatever it does not name."""
        for pivot in node.args.get("pivots") or ():
            check_parts(pivot)
            if pivot.args.get("unpivot"):
                raise SqlRefusedError("UNPIVOT is not understood here; write a UNION ALL.")
            inside = NameScope(scope.parent, [source], scope.ctes)
            for part in (*pivot.expressions, *pivot.args["fields"], pivot.args.get("group")):
                self._expressions.read(part, inside)
            source.read_whole()
            made = (self._key(name.name) for name in pivot.args.get("columns") or ())
            alias = self._key(pivot.alias) if pivot.alias else source.alias
            source = derived(alias, (*source.columns, *made, None))
        return source

    def _beside(self, scope: NameScope) -> NameScope:
        """Return what an item sees that is not LATERAL: all but the items to its left."""
        return scope if self._implicit_lateral else NameScope(scope.parent, ctes=scope.ctes)

    def _subquery(self, node: exp.Expr, scope: NameScope) -> Source:
        outputs = self._query(node.this, scope)
        return derived(self._alias(node), self._renamed(outputs, node))

    def _values(self, node: exp.Values, scope: NameScope) -> Source:
        for row in node.expressions:
            self._expressions.read(row, scope)
        width = len(node.expressions[0].expressions)
        return derived(self._alias(node), self._renamed((None,) * width, node))

    def _lateral(self, node: exp.Lateral, scope: NameScope) -> Source:
        if isinstance(node.this, exp.Subquery):
            check_parts(node.this)
            outputs = self._query(node.this, scope)
            return derived(self._alias(node), self._renamed(outputs, node))
        return self._function(node, node.this, scope)

    def _function(self, node: exp.Expr, call: exp.Expr, scope: NameScope) -> Source:
        """Return the source of a function; its columns are what its alias names, else its alias."""
        called = functions.called(call)
        if isinstance(call, exp.Unnest):
            check_parts(call)
            arguments = call.expressions
        elif functions.is_allowed_as_table(call):
            arguments = [call]
        else:
            raise SqlRefusedError(f"The function {quoted(called)} is not on the list for FROM.")
        for argument in arguments:
            self._expressions.read(argument, scope)
        own = "range" if call.args.get("is_end_exclusive") else called
        alias = self._key(node.alias or own)
        names = tuple(self._columns(node)) or (alias, *functions.OWN_COLUMNS.get(called, ()))
        number = call.args.get("offset")
        if isinstance(number, exp.Identifier):
            names += (self._key(number.name),)
        elif node.args.get("ordinality"):
            names += ("ordinality",)
        return derived(alias, names)

    def _in_brackets(self, node: exp.Subquery, scope: NameScope) -> list[Source]:
        if node.alias:
            raise SqlRefusedError("A join in brackets cannot have an alias here.")
        return self.item(node.this, scope)

    def _joined(self, left: list[Source], joins: list[exp.Join], scope: NameScope) -> list[Source]:
        """Add what is joined. ON sees its own two sides: a comma starts a new left side."""
        added = list(left)
        for join in joins:
            _check_join(join)
            right = self.item(join.this, scope)
            added += right
            if _is_comma(join):
                left = right
                continue
            self._compare(join, left, right, scope)
            if join.kind in {"SEMI", "ANTI"}:
                scope.leave(right)
                added = [s for s in added if s not in right]
            else:
                left = [*left, *right]
        return added

    def _compare(
        self, join: exp.Join, left: list[Source], right: list[Source], scope: NameScope
    ) -> None:
        if join.method == "NATURAL":
            if any(source.has_unnamed for source in (*left, *right)):
                raise SqlRefusedError(
                    "NATURAL JOIN needs every column of both sides to have a name."
                )
            names = {n for s in left for n in s.columns} & {n for s in right for n in s.columns}
            scope.merge(names, left, right)
        scope.merge([self._key(name.name) for name in join.args.get("using") or ()], left, right)
        sides = NameScope(scope.parent, [*left, *right], scope.ctes, scope.merged)
        self._expressions.read(join.args.get("on"), sides)

    def _alias(self, node: exp.Expr) -> str:
        if node.alias:
            return self._key(node.alias)
        if not self._implicit_lateral:
            raise SqlRefusedError("A subquery or function in FROM needs an alias.")
        return f"?{next(self._numbers)}"

    def _columns(self, node: exp.Expr) -> list[str]:
        alias = node.args.get("alias")
        if alias is None:
            return []
        check_parts(alias)
        return [self._key(column.name) for column in alias.args.get("columns") or ()]

    def _renamed(self, outputs: Outputs, node: exp.Expr) -> Outputs:
        columns = self._columns(node)
        return (*columns, *outputs[len(columns) :])


def _check_join(join: exp.Join) -> None:
    check_parts(join)
    for part, known in JOINS.items():
        if str(join.args.get(part) or "") not in known:
            raise SqlRefusedError(f"{quoted(f'{join.args[part]} JOIN')} is not understood here.")


def _is_comma(join: exp.Join) -> bool:
    return not any(join.args.get(part) for part in ("on", "using", "side", "kind", "method"))
