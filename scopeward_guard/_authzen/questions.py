"""How a policy question is put together, wherever it is asked (AuthZEN 1.0 §5, §6.1).

At sign-in, when an approval is lodged, minted and used, at enforcement and in simulation: each
place says every fact, or why it cannot know it there. A new fact is a line in `Circumstances`; no
place is complete before it has said it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from scopeward_guard._authzen.vocabulary import Action, Entity, Evaluation

T = TypeVar("T")

WHOLE = ".*"
"""How a table is named of which no column is read."""
NOTHING_ADDED: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fact that is not known where a question is asked, and why.

    `others_may_say` is whether somebody else may add it there, such as the application that a guard
    is part of.
    """

    reason: str
    others_may_say: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """All that policies may speak of besides subject, action and resource."""

    time: float | Unknown
    """Seconds since 1970; the hour and the weekday follow."""
    acr: str | Unknown
    """Of the sign-in; `assurance` follows."""
    authentication_age: float | Unknown
    """Seconds since the sign-in."""
    client_id: str | Unknown
    scopes: Collection[str] | Unknown
    """Those of the token, or those that are asked for."""
    address: str | Unknown
    session: str | Unknown
    """`active`, `ended` or `unknown`."""
    risk: int | Unknown
    """0 to 100."""
    approved: bool | Unknown
    approval: Mapping[str, Any] | Unknown
    """The approved detail, for decision points that can read it."""
    emergency: bool | Unknown
    """Whether somebody went ahead alone."""

    def as_context(self, added: Mapping[str, Any] = NOTHING_ADDED) -> dict[str, Any]:
        """Return the context of a question (§5.4): what is known, and of `added` what may be said.

        What others say neither wins over what is known, nor fills in what they may not know.
        """
        facts = {field.name: getattr(self, field.name) for field in fields(self)}
        known = {name: _plain(fact) for name, fact in facts.items() if not _is_unknown(fact)}
        barred = {name for name in facts if name in known or not facts[name].others_may_say}
        return {**{name: fact for name, fact in added.items() if name not in barred}, **known}


FACTS = tuple(field.name for field in fields(Circumstances))
"""The names of all of them."""


def known(fact: T | None, otherwise: Unknown) -> T | Unknown:
    """Return the fact, or `otherwise` where there is none."""
    return otherwise if fact is None else fact


def question(
    subject: Entity, action: str, resource: Entity, circumstances: Circumstances,
    added: Mapping[str, Any] = NOTHING_ADDED,
) -> Evaluation:  # fmt: skip
    """Return the question; `added` is the context that others say."""
    context = circumstances.as_context(added)
    return Evaluation(
        subject=subject, action=Action(name=action), resource=resource, context=context
    )


def query_resource(
    datasource: str, datatypes: Iterable[str], *, scopes: Iterable[str], max_rows: Any, purpose: Any
) -> Entity:
    """Return what a query is to policy (§5.3).

    `datatypes` are as an approval names them: `schema.table.column`, and `schema.table.*` for a
    table of which no column is read. Beside a column of its table that is a column like any other.
    """
    names = set(datatypes)
    read = Counter(map(table_of, names))
    whole = {name for name in names if name.endswith(WHOLE) and read[table_of(name)] == 1}
    return Entity(
        type="query",
        id=datasource,
        properties={
            "columns": sorted(names - whole),
            "tables": sorted(read),
            "max_rows": max_rows,
            "scopes": sorted(scopes),
            "purpose": purpose,
        },
    )


def table_of(datatype: str) -> str:
    """Return the table of a column, or of `schema.table.*`."""
    return datatype.rpartition(".")[0]


def _is_unknown(fact: Any) -> bool:
    return isinstance(fact, Unknown)


def _plain(fact: Any) -> Any:
    if isinstance(fact, Mapping):
        return dict(fact)
    return fact if isinstance(fact, str | bool | int | float) else sorted(fact)
