"""The walk over INSERT, UPDATE, DELETE and MERGE."""

from collections.abc import Iterable

from sqlglot import exp

from scopeward_guard.sql._grammar.checks import check_parts
from scopeward_guard.sql._grammar.dialects import Dialect
from scopeward_guard.sql._grammar.refusal import SqlRefusedError, quoted
from scopeward_guard.sql._grammar.vocabulary import QUERIES
from scopeward_guard.sql._resolving.expressions import Expressions
from scopeward_guard.sql._resolving.queries import Queries
from scopeward_guard.sql._resolving.scope import NameScope, Outputs, Source
from scopeward_guard.sql._resolving.sources import Sources

CONFLICT_ACTIONS = frozenset({"DO NOTHING", "DO UPDATE"})
MERGE_ACTIONS = frozenset({"DO NOTHING", "DELETE"})


class Changes:
    """Resolves data-modifying statements; `actions` collects what they do."""

    def __init__(self, dialect: Dialect, sources: Sources, expressions: Expressions) -> None:
        self._key = dialect.key
        self._sources = sources
        self._expressions = expressions
        self.actions: list[str] = []

    def change(self, node: exp.Expr, scope: NameScope, queries: Queries) -> Outputs:
        """Count all that the statement reads and return the columns of its RETURNING."""
        check_parts(node)
        queries.with_clause(node, scope)
        self.actions.append(type(node).__name__.lower())
        target = self._target(node, scope)
        if isinstance(node, exp.Insert):
            self._insert(node, scope, target, queries)
        else:
            scope.add(target)
            self._sources.from_clause(node, scope)
            if isinstance(node, exp.Merge):
                self._merge(node, scope, target)
            for item in (isinstance(node, exp.Delete) and node.args.get("using")) or ():
                self._sources.item(item, scope)
            if isinstance(node, exp.Update):
                self._assignments(node.expressions, scope, target)
            self._expressions.read(node.args.get("where"), scope)
        return self._returning(node, scope)

    def _target(self, node: exp.Expr, scope: NameScope) -> Source:
        table = node.this.this if isinstance(node.this, exp.Schema) else node.this
        if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
            raise SqlRefusedError("The statement must name the one table that it changes.")
        check_parts(table)
        alias = table.args.get("alias")
        if table.args.get("joins") or (alias is not None and alias.args.get("columns")):
            raise SqlRefusedError("The table that is changed must stand alone.")
        return self._sources.table(table, scope, is_target=True)

    def _insert(self, node: exp.Insert, scope: NameScope, target: Source, queries: Queries) -> None:
        if isinstance(node.this, exp.Schema):
            self._named(node.this.expressions, target)
        elif not node.args.get("default"):
            # Without a list the server would use its own order of columns, not the catalogue's.
            names = [exp.to_identifier(name, quoted=True) for name in target.columns.values()]
            node.set("this", exp.Schema(this=node.this, expressions=names))
        rows = node.args.get("expression")
        if isinstance(rows, exp.Values):
            check_parts(rows)
            self._values(rows.expressions, scope)
        elif isinstance(rows, QUERIES):
            queries.query(rows, scope)
        elif rows is not None:
            raise SqlRefusedError("INSERT takes VALUES or a query.")
        scope.add(target)
        if conflict := node.args.get("conflict"):
            self._conflict(conflict, scope, target)

    def _conflict(self, node: exp.OnConflict, scope: NameScope, target: Source) -> None:
        check_parts(node)
        action = node.args["action"].name.upper() if node.args.get("action") else ""
        if action not in CONFLICT_ACTIONS:
            raise SqlRefusedError("ON CONFLICT must DO NOTHING or DO UPDATE.")
        for key in node.args.get("conflict_keys") or ():
            self._expressions.read(key, scope)
        self._expressions.read(node.args.get("index_predicate"), scope)
        excluded = Source("excluded", target.columns)
        beside = NameScope(scope.parent, [target, excluded], scope.ctes)
        self._assignments(node.expressions, beside, target)
        self._expressions.read(node.args.get("where"), beside)
        if action == "DO UPDATE":
            self.actions.append("update")

    def _merge(self, node: exp.Merge, scope: NameScope, target: Source) -> None:
        self._sources.item(node.args["using"], scope)
        self._expressions.read(node.args.get("on"), scope)
        for when in node.args["whens"].expressions:
            check_parts(when)
            self._expressions.read(when.args.get("condition"), scope)
            then = when.args.get("then")
            if isinstance(then, exp.Update):
                check_parts(then)
                self._assignments(then.expressions, scope, target)
            elif isinstance(then, exp.Insert) and isinstance(then.this, exp.Tuple):
                check_parts(then)
                self._named(then.this.expressions, target)
                self._values([then.expression], scope)
            elif not isinstance(then, exp.Var) or then.name.upper() not in MERGE_ACTIONS:
                raise SqlRefusedError("A branch of MERGE must name the columns that it changes.")

    def _assignments(self, nodes: Iterable[exp.Expr], scope: NameScope, target: Source) -> None:
        for node in nodes:
            if not isinstance(node, exp.EQ):
                raise SqlRefusedError("SET takes “column = value”.")
            left = node.this.unnest()
            self._named(left.expressions if isinstance(left, exp.Tuple) else [left], target)
            self._values([node.expression], scope)

    def _named(self, nodes: Iterable[exp.Expr], target: Source) -> None:
        for node in nodes:
            plain = isinstance(node, exp.Identifier) or (
                isinstance(node, exp.Column)
                and isinstance(node.this, exp.Identifier)
                and not node.table
            )
            if not plain or self._key(node.name) not in target.columns:
                raise SqlRefusedError(
                    f"{quoted(node.name)} is no column of the table that is changed."
                )

    def _values(self, nodes: Iterable[exp.Expr], scope: NameScope) -> None:
        """Read values, rows of them too; the word DEFAULT reads nothing."""
        for node in nodes:
            if isinstance(node, exp.Tuple):
                self._values(node.expressions, scope)
            elif not (isinstance(node, exp.Var) and node.name.upper() == "DEFAULT"):
                self._expressions.read(node, scope)

    def _returning(self, node: exp.Expr, scope: NameScope) -> Outputs:
        """Write the stars out, so that they return what the catalogue knows and no more."""
        clause = node.args.get("returning")
        if clause is None:
            return ()
        check_parts(clause)
        columns: list[exp.Expr] = []
        for expression in clause.expressions:
            columns += self._written_out(expression, scope) if expression.is_star else [expression]
        clause.set("expressions", columns)
        for column in columns:
            self._expressions.read(column, scope)
        return tuple(
            self._key(column.alias_or_name) if isinstance(column, exp.Alias | exp.Column) else None
            for column in columns
        )

    def _written_out(self, star: exp.Expr, scope: NameScope) -> list[exp.Expr]:
        plain = star.this if isinstance(star, exp.Column) else star
        if any(plain.args.values()):
            raise SqlRefusedError("RETURNING takes a plain star.")
        if isinstance(star, exp.Column):
            sources = [scope.source(self._key(star.table))]
        else:
            sources = scope.sources
        if any(source.has_unnamed for source in sources):
            raise SqlRefusedError("RETURNING needs every column to have a name.")
        return [
            exp.column(name, table=source.alias, quoted=True)
            for source in sources
            for name in source.columns.values()
        ]
