"""What policy demands of one statement: rows, masks and a limit, as `sql.rewrite` takes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scopeward_guard._authzen import Obligation
from scopeward_guard._base.masks import strictest
from scopeward_guard.sql import Condition, all_of, one_of

UNDERSTOOD = frozenset({"row_filter", "mask", "row_limit"})
"""The obligations that become part of the SQL that is run."""


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Rows of one table whose column has one of these values, and no others."""

    table: str
    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SqlDuties:
    """What is to be carried out. An approval lifts none of it."""

    filters: tuple[RowFilter, ...]
    masks: Mapping[str, str]
    """`{schema.table.column: mask}`."""
    max_rows: int

    @property
    def conditions(self) -> Mapping[str, Condition]:
        """The row filters by table."""
        found: dict[str, list[RowFilter]] = {}
        for one in self.filters:
            found.setdefault(one.table, []).append(one)
        return {
            table: all_of(*(one_of(one.column, one.values) for one in filters))
            for table, filters in found.items()
        }


def duties_of(obligations: Iterable[Obligation], max_rows: int) -> SqlDuties:
    """Return what is to be carried out; several of a kind on one thing all count.

    Raises `KeyError` or `TypeError` for an obligation that has other parameters.
    """
    filters: dict[tuple[str, str], RowFilter] = {}
    masks: dict[str, str] = {}
    for obligation in obligations:
        said = obligation.parameters
        if obligation.id == "row_filter":
            place = said["table"], said["column"]
            values = tuple(value for value in said["in"] if isinstance(value, str))
            earlier = filters[place].values if place in filters else values
            left = tuple(value for value in values if value in earlier)
            filters[place] = RowFilter(*place, left)
        elif obligation.id == "mask":
            column: str = said["column"]
            kind: str = said["kind"]
            masks[column] = strictest(masks.get(column, kind), kind)
        elif obligation.id == "row_limit":
            max_rows = min(max_rows, _rows(said["rows"]))
    return SqlDuties(tuple(filters.values()), masks, max_rows)


def _rows(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError("rows: a number")
    return value
