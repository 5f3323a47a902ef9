"""What one statement does and reads, by a checked tree that SQL can be generated from again."""

from dataclasses import dataclass, field
from typing import Final

from sqlglot import exp

from scopeward_guard.sql._grammar.generation import checked_tree
from scopeward_guard.sql._grammar.parsing import ODDITIES, TOO_DEEP
from scopeward_guard.sql._grammar.refusal import SqlRefusedError, quoted
from scopeward_guard.sql._resolving.catalogue import Catalogue, TableName
from scopeward_guard.sql._resolving.resolver import Resolver

UPSERT: Final = ("insert", "update")


@dataclass(frozen=True, slots=True)
class Derivation:
    """What has to be allowed before the statement may run.

    `action` is select, insert, update, delete or merge; `actions` are all of them, for an INSERT
    … ON CONFLICT DO UPDATE is an update too. `tables` are `schema.table`, `columns`
    `schema.table.column`, both sorted, without repetition and spelled as in the catalogue.
    `tree` is shared between threads: copy it before changing it, as `rewrite` does.
    """

    action: str
    actions: tuple[str, ...]
    tables: tuple[str, ...]
    columns: tuple[str, ...]
    catalogue: Catalogue = field(compare=False, repr=False)
    tree: exp.Expr = field(compare=False, repr=False)

    @property
    def parameters(self) -> frozenset[str]:
        """The names of the parameters; digits for one by number, "" for a bare question mark."""
        return frozenset(node.name for node in self.tree.find_all(exp.Placeholder, exp.Parameter))


def derive(statement: str, catalogue: Catalogue, dialect: str | None = None) -> Derivation:
    """Return what one statement does and reads, by the catalogue's dialect.

    `dialect`, when given, must be the catalogue's: names compare by it. Everything the server
    could read counts, wherever it stands. Raises SqlRefusedError with the reason for whatever is
    not understood down to the last name, including every statement that is not one of the five.
    """
    if dialect is not None and dialect != catalogue.dialect.name:
        raise SqlRefusedError(
            f"The catalogue is for {catalogue.dialect.name}, not {quoted(dialect)}."
        )
    resolver = Resolver(catalogue)
    try:
        tree = checked_tree(statement, catalogue.dialect)
        resolver.statement(tree)
    except RecursionError as error:
        raise SqlRefusedError(TOO_DEEP) from error
    except ODDITIES as error:
        raise SqlRefusedError("The statement has a part that is not understood.") from error
    return _derivation(tree, resolver, catalogue)


def _derivation(tree: exp.Expr, resolver: Resolver, catalogue: Catalogue) -> Derivation:
    actions = resolver.actions
    if len(actions) > 1 and actions != UPSERT:
        raise SqlRefusedError("One statement may change data in one way only.")
    uses = resolver.uses()
    # A change is asked for with all columns of all its tables: whoever writes a row reads it too.
    whole = actions[0] != "select"
    columns = {
        _column(use.table, column)
        for use in uses
        for column in (catalogue.columns(use.table).values() if whole else use.reads)
    }
    return Derivation(
        action=actions[0],
        actions=actions,
        tables=tuple(sorted({str(use.table) for use in uses})),
        columns=tuple(sorted(columns)),
        catalogue=catalogue,
        tree=tree,
    )


def _column(table: TableName, column: str) -> str:
    if "." in column:
        raise SqlRefusedError(f"The name {quoted(column)} has a dot in it, which no scope can say.")
    return f"{table}.{column}"
