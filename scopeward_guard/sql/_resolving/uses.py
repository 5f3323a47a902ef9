"""How a table of the catalogue is used where a statement names it."""

from dataclasses import dataclass
from typing import Final, Self

from sqlglot import exp

from scopeward_guard.sql._resolving.catalogue import TableName

USE: Final = "scopeward.use"
EXPRESSION: Final = "scopeward.expression"


@dataclass(frozen=True, slots=True)
class Use:
    """One mention of a table of the catalogue, and what is read of it there.

    `left_out` must be there for `* EXCLUDE` to leave out, though nobody sees it. `is_target`: the
    statement changes this table.
    """

    table: TableName
    reads: tuple[str, ...]
    left_out: tuple[str, ...]
    is_target: bool

    def __deepcopy__(self, memo: object) -> Self:
        """Return itself: copies of the tree may share it."""
        return self


def note_use(node: exp.Table, use: Use) -> None:
    """Write on a table's node in the checked tree how it is used."""
    node.meta[USE] = use


def use_of(node: exp.Table) -> Use | None:
    """Return how a table of the checked tree is used; None for a CTE's name or a function."""
    return node.meta.get(USE)


def note_expression(node: exp.CTE | exp.Table, number: int) -> None:
    """Write on a common table expression, and wherever it is named, which one it is."""
    node.meta[EXPRESSION] = number


def expression_of(node: exp.Expr) -> int | None:
    """Return which common table expression a node is, or names; None for anything else."""
    return node.meta.get(EXPRESSION)
