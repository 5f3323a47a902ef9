"""The walk over expressions: every name is resolved, every node must be on a list."""

from collections.abc import Callable, Iterator
from typing import Final

from sqlglot import exp

from scopeward_guard.sql import functions
from scopeward_guard.sql.dialects import Dialect
from scopeward_guard.sql.refusal import Refused, quoted
from scopeward_guard.sql.scope import Scope
from scopeward_guard.sql.vocabulary import PARTS, PLAIN, QUERIES, TYPES, UNITS

MAX_PAD: Final = 1_000

NAMES: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Alias: ("alias",),
    exp.Collate: ("expression",),
    exp.Placeholder: ("this",),
    exp.Window: ("alias", "this"),
}
"""Where nodes carry a name of their own, which reads nothing."""


class Expressions:
    """Resolves what expressions read. `query` is called for each query found inside one."""

    def __init__(self, dialect: Dialect, query: Callable[[exp.Expr, Scope], object]) -> None:
        self.dialect = dialect
        self._query = query

    def read(self, expression: exp.Expr | None, scope: Scope) -> None:
        """Count all that the expression reads, in any order. Raises Refused."""
        pending = [expression] if expression is not None else []
        while pending:
            node = pending.pop()
            if isinstance(node, QUERIES):
                self._query(node, scope)
            elif isinstance(node, exp.Column):
                self.column(node, scope)
            elif isinstance(node, exp.Star):
                self.star(node, scope)
            elif isinstance(node, exp.Dot):
                pending.append(self._field(node, scope))
            elif isinstance(node, exp.Var):
                _check_word(node)
            else:
                check_node(node)
                pending.extend(parts(node))

    def column(self, node: exp.Column, scope: Scope) -> None:
        """Count one name, qualified or not; `alias.*` counts a whole source."""
        check_parts(node)
        alias = self.dialect.key(node.table) if node.table else None
        if node.args.get("db"):
            self._without_schema(node, scope)
        if isinstance(node.this, exp.Star):
            check_parts(node.this)
            if node.this.args.get("except_") or node.this.args.get("replace"):
                raise Refused("EXCLUDE and REPLACE are understood after a plain star only.")
            scope.source(alias or "").read_whole()
        elif not isinstance(node.this, exp.Identifier):
            raise Refused("A column must be written as its name.")
        elif alias is None:
            scope.read_column(self.dialect.key(node.name))
        else:
            self._shadowed(alias, scope)
            scope.read_qualified(alias, self.dialect.key(node.name))

    def star(self, node: exp.Star, scope: Scope) -> None:
        """Count `*`: each column of each source here, but for the ones it leaves out."""
        check_parts(node)
        left_out = self._left_out(node)
        known = {column for source in scope.sources for column in source.columns}
        if left_out - known:
            raise Refused("A column left out of the star is not in it.")
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
            raise Refused("EXCLUDE takes plain column names.")
        if any(isinstance(name, exp.Column) and name.table for name in names):
            raise Refused("EXCLUDE takes plain column names.")
        return {self.dialect.key(name.name) for name in names}

    def _without_schema(self, node: exp.Column, scope: Scope) -> None:
        """Check `schema.table.column` and write it `table.column`, as the alias we add needs."""
        source = scope.source(self.dialect.key(node.table))
        written = node.args["db"].name
        if source.table is None or self.dialect.key(source.table.schema) != self.dialect.key(
            written
        ):
            raise Refused(f"{quoted(node.table)} is not in the schema {quoted(written)} here.")
        node.set("db", None)

    def _shadowed(self, alias: str, scope: Scope) -> None:
        """`a.b` may be the field b of a column a where the dialect has such fields."""
        if self.dialect.has_fields:
            for source in (source for level in scope.chain() for source in level.sources):
                if alias in source.columns:
                    source.read(alias)

    def _field(self, node: exp.Dot, scope: Scope) -> exp.Expr:
        """`(source).column`: the whole row is read; any other `.` may be a call in disguise."""
        row = node.this.unnest()
        if not (isinstance(row, exp.Column) and isinstance(node.expression, exp.Identifier)):
            raise Refused("A dot may only stand between a table and its column.")
        name = self.dialect.key(row.name)
        source = None if row.table else next(
            (s for level in scope.chain() for s in level.sources if s.alias == name), None
        )  # fmt: skip
        if source is None or self.dialect.key(node.expression.name) not in source.columns:
            raise Refused(f"There is no column {quoted(node.expression.name)} in that row.")
        return row


def parts(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield what an allowed node is made of, without its own name and without `count(*)`'s star."""
    for key, value in node.args.items():
        for child in value if isinstance(value, list) else (value,):
            if not isinstance(child, exp.Expr):
                continue
            if isinstance(child, exp.Identifier) and key in NAMES.get(type(node), ()):
                continue
            if isinstance(child, exp.Star) and isinstance(node, exp.Count):
                continue
            yield child


def check_node(node: exp.Expr) -> None:
    """Refuse a node that is on no list."""
    check_parts(node)
    if isinstance(node, exp.Interval) and not isinstance(node.this, exp.Literal | exp.Paren):
        raise Refused("INTERVAL takes a literal, or an expression in brackets.")
    if isinstance(node, exp.DataType) and node.this not in TYPES:
        raise Refused(f"The type {quoted(node.sql())} is not one to cast to here.")
    if isinstance(node, exp.Pad):
        _check_length(node.expression)
    if isinstance(node, exp.Anonymous) and not isinstance(node.this, str):
        raise Refused("The name of a function must not be quoted.")
    if type(node) in PLAIN or functions.is_allowed(node):
        return
    if isinstance(node, exp.Func):
        raise Refused(f"The function {quoted(functions.called(node))} is not on the list.")
    raise Refused(f"{quoted(type(node).__name__)} is not understood here.")


def check_parts(node: exp.Expr) -> None:
    """Refuse a node that has a part nobody here looks at."""
    known = PARTS.get(type(node))
    if known is None:
        return
    for key, value in node.args.items():
        if value and key not in known:
            name = f"{type(node).__name__} {key.strip('_')}".upper()
            raise Refused(f"{quoted(name)} is not understood here.")


def _check_length(node: exp.Expr) -> None:
    """Bound what `lpad` makes of one letter: a value is held in memory by whoever hands it on."""
    if not (isinstance(node, exp.Literal) and node.name.isdecimal() and int(node.name) <= MAX_PAD):
        raise Refused(f"A text may be padded to a number that is written there, up to {MAX_PAD}.")


def _check_word(node: exp.Var) -> None:
    if node.name.upper() not in UNITS:
        raise Refused(f"The word {quoted(node.name)} is not understood here.")
