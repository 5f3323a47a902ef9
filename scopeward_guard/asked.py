"""One query with what was derived from it, and the question that is put to policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scopeward_guard.authzen import Action, Entity, Evaluation
from scopeward_guard.digest import Query
from scopeward_guard.principal import Principal
from scopeward_guard.requirement import Requirement

Detail = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuery:
    """A query, what was derived from it, and what it needs before it may run.

    `datatypes` are the columns, as `schema.table.column`. `tables` are those that it reads no
    column of, such as that of a `count(*)`; naming the others again does no harm. `actions` are
    more than one for an upsert, and policy has to permit each.
    """

    query: Query
    actions: tuple[str, ...]
    datatypes: tuple[str, ...]
    tables: tuple[str, ...] = ()
    demanded: Requirement = field(default_factory=Requirement)
    needs_approval: bool = True
    purpose: str = ""

    def __post_init__(self) -> None:
        # Policy is asked once per action: without one, nobody would be asked.
        if not self.actions:
            raise ValueError("actions: at least one")

    @property
    def all_tables(self) -> tuple[str, ...]:
        """The tables of `tables` and of the columns, as `schema.table`, sorted."""
        return tuple(sorted({*self.tables, *map(_table, self.datatypes)}))

    @property
    def all_datatypes(self) -> tuple[str, ...]:
        """What an approval has to name: the columns, and `schema.table.*` for a table without."""
        read = set(map(_table, self.datatypes))
        whole = (f"{table}.*" for table in self.tables if table not in read)
        return tuple(sorted({*self.datatypes, *whole}))


def evaluations_of(
    principal: Principal,
    asked: AskedQuery,
    approved: Detail | None,
    *,
    context: Detail,
    now: float,
) -> list[Evaluation]:
    """Return the questions to policy (AuthZEN 1.0 §6.1), one per action.

    What the token says is said by the token alone: `context` cannot fill in what it leaves open.
    """
    signed_in = principal.auth_time
    facts = {
        "time": now,
        "acr": principal.acr,
        "authentication_age": None if signed_in is None else now - signed_in,
        "client_id": principal.client_id,
        "scopes": sorted(principal.scopes),
        "approved": approved is not None,
        "approval": dict(approved) if approved else None,
    }
    known = {name: fact for name, fact in facts.items() if fact is not None}
    others = {name: fact for name, fact in context.items() if name not in facts}
    return [
        Evaluation(
            subject=Entity(
                type="client" if principal.is_client else "user",
                id=principal.subject,
                properties=principal.claims,
            ),
            action=Action(name=action),
            resource=_resource(asked),
            context={**others, **known},
        )
        for action in asked.actions
    ]


def _resource(asked: AskedQuery) -> Entity:
    return Entity(
        type="query",
        id=asked.query.datasource,
        properties={
            "columns": sorted(set(asked.datatypes)),
            "tables": list(asked.all_tables),
            "max_rows": asked.query.max_rows,
            "scopes": sorted(asked.demanded.scopes),
            "purpose": asked.purpose,
        },
    )


def _table(column: str) -> str:
    return column.rpartition(".")[0]
