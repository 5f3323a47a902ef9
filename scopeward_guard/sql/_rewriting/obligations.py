"""Row filters and masks as they come from policy, checked against the catalogue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from scopeward_guard.sql._grammar.canonical import canonicalise
from scopeward_guard.sql._grammar.parsing import parse
from scopeward_guard.sql._grammar.refusal import SqlRefusedError, quoted
from scopeward_guard.sql._grammar.vocabulary import PARTS
from scopeward_guard.sql._resolving.catalogue import Catalogue, TableName
from scopeward_guard.sql._resolving.expressions import Expressions
from scopeward_guard.sql._resolving.scope import NameScope, Source
from scopeward_guard.sql._rewriting.masks import masked

Condition = str | exp.Expr
"""SQL for a WHERE, or a tree of it, that names columns of its own table without qualifier."""


def one_of(column: str, values: Iterable[str]) -> exp.Expr:
    """Return the condition that a column has one of these values; of none, no row has it."""
    literals = [exp.Literal.string(value) for value in values]
    return exp.column(column).isin(*literals) if literals else exp.false()


def all_of(*conditions: exp.Expr) -> exp.Expr:
    """Return the condition that all of them hold."""
    return exp.and_(*conditions)


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition that was checked, and the columns it looks at."""

    condition: exp.Expr
    columns: frozenset[str]

    def of(self, alias: str) -> exp.Expr:
        """Return the condition with each column qualified by the alias."""
        tree = self.condition.copy()
        for column in list(tree.find_all(exp.Column)):
            column.set("table", exp.to_identifier(alias, quoted=True))
        return exp.paren(tree, copy=False)


@dataclass(frozen=True, slots=True)
class Obligations:
    """The filter of each table and the mask of each column that the statement must keep to."""

    filters: Mapping[TableName, Filter]
    masks: Mapping[TableName, Mapping[str, str]]
    catalogue: Catalogue

    def shown(self, table: TableName, column: str, alias: str) -> exp.Expr:
        """Return the expression that shows one column of the table, masked where it must be."""
        plain = exp.column(column, table=alias, quoted=True)
        mask = self.masks.get(table, {}).get(column)
        if mask is None:
            return plain
        return exp.alias_(masked(plain, mask, self.catalogue.dialect), column, quoted=True)


def understand(
    catalogue: Catalogue, row_filters: Mapping[str, Condition], masks: Mapping[str, str]
) -> Obligations:
    """Check every filter and mask, also of tables the statement does not name.

    Raises SqlRefusedError. A name that the catalogue does not have is refused rather than skipped:
    it is a protection that somebody believes in.
    """
    by_table: dict[TableName, dict[str, str]] = {}
    for place, mask in masks.items():
        table, _, column = place.rpartition(".")
        name = catalogue.named(table)
        if column not in catalogue.columns(name).values():
            raise SqlRefusedError(f"The mask of {quoted(place)} is of no column in the catalogue.")
        masked(exp.null(), mask, catalogue.dialect)
        by_table.setdefault(name, {})[column] = mask
    filters = {
        catalogue.named(place): _filter(condition, catalogue.named(place), catalogue)
        for place, condition in row_filters.items()
    }
    return Obligations(filters, by_table, catalogue)


def _filter(condition: Condition, table: TableName, catalogue: Catalogue) -> Filter:
    written = condition if isinstance(condition, str) else condition.sql(catalogue.dialect.name)
    tree = parse(f"SELECT 1 WHERE {written}", catalogue.dialect)
    where = tree.args.get("where")
    if not isinstance(tree, exp.Select) or where is None or len(_parts(tree)) != 2:
        raise SqlRefusedError(f"The row filter of {quoted(str(table))} must be one condition.")
    canonicalise(tree, catalogue.dialect)
    source = Source("", catalogue.columns(table), table)
    Expressions(catalogue.dialect, _no_query).read(where.this, NameScope(sources=[source]))
    if where.find(exp.Placeholder, exp.Parameter) or any(
        c.table for c in where.find_all(exp.Column)
    ):
        raise SqlRefusedError("A row filter has neither parameters nor qualified names.")
    return Filter(where.this, frozenset(source.columns[key] for key in source.reads))


def _parts(tree: exp.Expr) -> list[str]:
    return [part for part in PARTS[exp.Select] if tree.args.get(part)]


def _no_query(_node: exp.Expr, _scope: NameScope) -> None:
    raise SqlRefusedError("A row filter looks at its own table only.")
