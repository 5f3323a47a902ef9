"""The walk over expressions: every name is resolved, every node must be on a list."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlglot import exp

from scopeward_guard.sql._grammar import functions
from scopeward_guard.sql._grammar.canonical import put
from scopeward_guard.sql._grammar.checks import check_node, check_parts, check_word, parts
from scopeward_guard.sql._grammar.dialects import POSTGRES, Dialect
from scopeward_guard.sql._grammar.refusal import SqlRefusedError, quoted
from scopeward_guard.sql._grammar.vocabulary import QUERIES
from scopeward_guard.sql._resolving.scope import NameScope, Source

Reader = Callable[[Any, NameScope], Iterable[exp.Expr] | None]
"""Counts what one kind of node reads, and returns what is still to be read."""


class Expressions:
    """Resolves what expressions read. `query` is called for each query found inside one."""

    def __init__(self, dialect: Dialect, query: Callable[[exp.Expr, NameScope], object]) -> None:
        self.dialect = dialect
        self._query = query
        self._readers: dict[type[exp.Expr], Reader] = {
            exp.Column: self.column,
            exp.Star: self.star,
            exp.Dot: self._field,
            exp.Var: _word,
            exp.Lambda: self._lambda,
            exp.Comprehension: self._comprehension,
            exp.Columns: _every_column,
            exp.Identifier: self._parameter,
        }

    def read(self, expression: exp.Expr | None, scope: NameScope) -> None:
        """Count all that the expression reads, in any order. Raises SqlRefusedError."""
        pending = [expression] if expression is not None else []
        while pending:
            node = pending.pop()
            if isinstance(node, QUERIES):
                self._query(node, scope)
            elif reader := self._readers.get(type(node)):
                pending += reader(node, scope) or ()
            else:
                check_node(node)
                pending.extend(parts(node))

    def column(self, node: exp.Column, scope: NameScope) -> None:
        """Count one name, qualified or not; `alias.*` counts a whole source."""
        check_parts(node)
        alias = self.dialect.key(node.table) if node.table else None
        if alias is not None and self._is_in_column(node, alias, scope):
            return
        if node.args.get("db"):
            self._without_schema(node, scope)
        if isinstance(node.this, exp.Star):
            check_parts(node.this)
            if node.this.args.get("except_") or node.this.args.get("replace"):
                raise SqlRefusedError("EXCLUDE and REPLACE are understood after a plain star only.")
            scope.source(alias or "").read_whole()
        elif not isinstance(node.this, exp.Identifier):
            raise SqlRefusedError("A column must be written as its name.")
        elif alias is None:
            scope.read_column(self.dialect.key(node.name))
        else:
            self._shadowed(alias, scope)
            scope.read_qualified(alias, self.dialect.key(node.name))

    def _lambda(self, node: exp.Lambda, scope: NameScope) -> Iterable[exp.Expr]:
        if _is_arrow(node, self.dialect):
            return _arrow(node)
        names = {self.dialect.key(name.name) for name in node.expressions}
        self.read(node.this, self._within(names, scope))
        return ()

    def _comprehension(self, node: exp.Comprehension, scope: NameScope) -> None:
        if node.args.get("position"):
            raise SqlRefusedError("A list comprehension has one name here.")
        self.read(node.args["iterator"], scope)
        inner = self._within({self.dialect.key(node.expression.name)}, scope)
        self.read(node.this, inner)
        self.read(node.args.get("condition"), inner)

    def _is_in_column(self, node: exp.Column, alias: str, scope: NameScope) -> bool:
        """Count the column of which `a.b` or `a.b.c` is a field, if that is what is meant."""
        sources = {source.alias for level in scope.chain() for source in level.sources}
        if not self.dialect.has_fields or alias in sources or isinstance(node.this, exp.Star):
            return False
        schema = self.dialect.key(node.text("db")) if node.args.get("db") else ""
        if schema in sources and schema:
            scope.read_qualified(schema, alias)
        else:
            scope.read_column(schema or alias)
        return True

    def _within(self, names: set[str], scope: NameScope) -> NameScope:
        """Return the scope in which parameters have these names, which mean nothing else there."""
        known = {n for level in scope.chain() for s in level.sources for n in (*s.columns, s.alias)}
        if names & known:
            raise SqlRefusedError(
                f"{quoted(min(names & known))} is a column too: give the parameter another name,"
                " or put brackets around an arrow of JSON."
            )
        return NameScope(scope, [Source("", {name: name for name in names})])

    def _parameter(self, node: exp.Identifier, scope: NameScope) -> None:
        key = self.dialect.key(node.name)
        if not any(s.alias == "" and key in s.columns for lv in scope.chain() for s in lv.sources):
            raise SqlRefusedError(f"The name {quoted(node.name)} is not understood here.")

    def star(self, node: exp.Star, scope: NameScope) -> None:
        """Count `*`: each column of each source here, but for the ones it leaves out."""
        check_parts(node)
        left_out = self._left_out(node)
        known = {column for source in scope.sources for column in source.columns}
        if left_out - known:
            raise SqlRefusedError("A column left out of the star is not in it.")
        for source in scope.sources:
            for column in source.columns:
                if column in left_out and column not in scope.merged:
                    source.left_out.add(column)
                else:
                    source.read(column)
        for replaced in node.args.get("replace") or ():
            self.read(replaced, scope)

    def _left_out(self, node: exp.Star) -> set[str]:
        names = node.args.get("except_") or ()
        if any(not isinstance(name, exp.Column | exp.Identifier) for name in names):
            raise SqlRefusedError("EXCLUDE takes plain column names.")
        if any(isinstance(name, exp.Column) and name.table for name in names):
            raise SqlRefusedError("EXCLUDE takes plain column names.")
        return {self.dialect.key(name.name) for name in names}

    def _without_schema(self, node: exp.Column, scope: NameScope) -> None:
        """Check `schema.table.column` and write it `table.column`, as the alias we add needs."""
        source = scope.source(self.dialect.key(node.table))
        written = node.args["db"].name
        if source.table is None or self.dialect.key(source.table.schema) != self.dialect.key(
            written
        ):
            raise SqlRefusedError(
                f"{quoted(node.table)} is not in the schema {quoted(written)} here."
            )
        node.set("db", None)

    def _shadowed(self, alias: str, scope: NameScope) -> None:
        """`a.b` may be the field b of a column a where the dialect has such fields."""
        if self.dialect.has_fields:
            for source in (source for level in scope.chain() for source in level.sources):
                if alias in source.columns:
                    source.read(alias)

    def _field(self, node: exp.Dot, scope: NameScope) -> Iterable[exp.Expr]:
        """`(source).column`: the whole row is read; any other `.` may be a call in disguise."""
        row = node.this.unnest()
        is_named = isinstance(node.expression, exp.Identifier)
        if isinstance(row, exp.Struct | exp.Dot) and is_named and self.dialect.has_fields:
            return (row,)
        if not (isinstance(row, exp.Column) and is_named):
            raise SqlRefusedError("A dot may only stand between a table and its column.")
        name = self.dialect.key(row.name)
        source = None if row.table else next(
            (s for level in scope.chain() for s in level.sources if s.alias == name), None
        )  # fmt: skip
        if source is None or self.dialect.key(node.expression.name) not in source.columns:
            raise SqlRefusedError(f"There is no column {quoted(node.expression.name)} in that row.")
        return (row,)


def _is_arrow(node: exp.Lambda, dialect: Dialect) -> bool:
    """Tell whether the arrow takes a member of a JSON column; else it is a function's."""
    taken = functions.called(node.parent) if isinstance(node.parent, exp.Func) else ""
    takes_functions = dialect is not POSTGRES and (
        taken.startswith("list_") or isinstance(node.parent, exp.Transform | exp.ArrayFilter)
    )
    return len(node.expressions) == 1 and not takes_functions


def _arrow(node: exp.Lambda) -> tuple[exp.Expr, exp.Expr]:
    """Write the arrow as what it is, in brackets; return the column and the path."""
    column = exp.Column(this=node.expressions[0].copy())
    member = node.this
    put(node, exp.Paren(this=exp.JSONExtract(this=column, expression=member)))
    return column, member


def _word(node: exp.Var, _scope: NameScope) -> None:
    check_word(node)


def _every_column(node: exp.Columns, scope: NameScope) -> None:
    """Count all columns for COLUMNS(…), whichever of them it picks."""
    picked = node.this
    star = picked.this if isinstance(picked, exp.Column) else picked
    left_out = star.args.pop("except_", None) if isinstance(star, exp.Star) else None
    is_star = isinstance(star, exp.Star) and not any(star.args.values())
    if left_out:
        star.set("except_", left_out)
    if not is_star and not (isinstance(picked, exp.Literal) and picked.is_string):
        raise SqlRefusedError("COLUMNS takes a star or a pattern.")
    for source in scope.sources:
        source.read_whole()
