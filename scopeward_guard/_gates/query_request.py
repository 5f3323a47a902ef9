"""One query with what was derived from it, and the resource that it is to policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scopeward_guard._authzen import WHOLE, Entity, query_resource, table_of
from scopeward_guard._binding.digest import Query
from scopeward_guard._decisions.requirements import Requirement

Detail = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryRequest:
    """A query, what was derived from it, and what it needs before it may run.

    `datatypes` are the columns, as `schema.table.column`. `tables` are those that it reads no
    column of, such as that of a `count(*)`; naming the others again does no harm. `actions` are
    more than one for an upsert, and policy has to permit each.
    """

    query: Query
    actions: tuple[str, ...]
    datatypes: tuple[str, ...]
    tables: tuple[str, ...] = ()
    requirement: Requirement = field(default_factory=Requirement)
    needs_approval: bool = True
    purpose: str = ""

    def __post_init__(self) -> None:
        # Policy is asked once per action: without one, nobody would be asked.
        if not self.actions:
            raise ValueError("actions: at least one")

    @property
    def all_tables(self) -> tuple[str, ...]:
        """The tables of `tables` and of the columns, as `schema.table`, sorted."""
        return tuple(sorted({*self.tables, *map(table_of, self.datatypes)}))

    @property
    def all_datatypes(self) -> tuple[str, ...]:
        """What an approval has to name: the columns, and `schema.table.*` for a table without."""
        read = set(map(table_of, self.datatypes))
        whole = (f"{table}{WHOLE}" for table in self.tables if table not in read)
        return tuple(sorted({*self.datatypes, *whole}))

    @property
    def resource(self) -> Entity:
        """What policy is asked about (AuthZEN 1.0 §5.3), once per action."""
        return query_resource(
            self.query.datasource,
            self.all_datatypes,
            scopes=self.requirement.scopes,
            max_rows=self.query.max_rows,
            purpose=self.purpose,
        )
