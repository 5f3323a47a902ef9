"""`authorization_details` of type `urn:scopeward:query:1` (RFC 9396): one object, one query.

The schema is what a client may send. The provider adds `approval_id`, the approvers and
`policy_rev` when it mints the token (RFC 9396 §7.1).
"""

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

from scopeward_guard.digest import HASH_ALGORITHM, Query, query_hash, same_hash

QUERY_TYPE = "urn:scopeward:query:1"

QUERY_SCHEMA: dict[str, Any] = json.loads(
    files("scopeward_guard").joinpath("schemas/query-1.json").read_text(encoding="utf-8")
)
"""JSON Schema (2020-12) of one object; every field bounded, no others allowed."""

ACTIONS: tuple[str, ...] = tuple(QUERY_SCHEMA["properties"]["actions"]["items"]["enum"])


def query_detail(
    query: Query,
    *,
    location: str,
    actions: Iterable[str],
    datatypes: Iterable[str],
    purpose: str = "",
) -> dict[str, Any]:
    """Return the object that asks for exactly this query at the resource server `location`.

    `datatypes` are the columns read or written, as `schema.table.column`, and `schema.table.*` for
    a table of which no column is: what is said of any of its columns then matters. Raises
    `MalformedError` when the query has no digest.
    """
    detail = {
        "type": QUERY_TYPE,
        "locations": [location],
        "actions": sorted(set(actions)),
        "identifier": query.datasource,
        "datatypes": sorted(set(datatypes)),
        "statement": query.statement,
        "parameters": dict(query.parameters),
        "query_hash": query_hash(query),
        "hash_alg": HASH_ALGORITHM,
        "max_rows": query.max_rows,
        "purpose": purpose,
    }
    return detail if purpose else {k: v for k, v in detail.items() if k != "purpose"}


def is_query_detail(detail: Mapping[str, Any]) -> bool:
    """Return whether an object approves a query; of any version, so that none is overlooked."""
    return str(detail.get("type", "")).startswith("urn:scopeward:query:")


def covers(approved: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Return whether what was approved is what is asked, both as `query_detail` makes them.

    The digest decides, in constant time. The other members are compared too: what a person saw
    is in them, and a provider that bound a digest to other columns than it showed is not obeyed.
    """
    same_digest = same_hash(asked["query_hash"], approved.get("query_hash"))
    same_rest = all(
        approved.get(name) == asked[name]
        for name in ("type", "locations", "actions", "identifier", "hash_alg", "statement")
    )
    return same_digest and same_rest and _columns(asked) <= _columns(approved) and (
        type(approved.get("max_rows")) is int and approved["max_rows"] == asked["max_rows"]
    )  # fmt: skip


def _columns(detail: Mapping[str, Any]) -> frozenset[str]:
    columns = detail.get("datatypes", [])
    if not isinstance(columns, list):
        return frozenset()
    return frozenset(column for column in columns if isinstance(column, str))
