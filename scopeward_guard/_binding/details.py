"""`authorization_details` of type `urn:scopeward:query:1` (RFC 9396): one object, one query.

The schema is what a client may send. What the provider adds when it mints the token, and what of it
all binds, is in `binding`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from scopeward_guard._binding.binding import DIGEST, query_hash
from scopeward_guard._binding.digest import HASH_ALGORITHM, Query
from scopeward_guard._binding.schemas import QUERY_TYPE


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
    parameters: Any = query.parameters
    detail = {
        "type": QUERY_TYPE,
        "locations": [location],
        "actions": sorted(set(actions)),
        "identifier": query.datasource,
        "datatypes": sorted(set(datatypes)),
        "schema_rev": query.schema_rev,
        "statement": query.statement,
        "parameters": dict(parameters) if isinstance(parameters, Mapping) else parameters,
        "hash_alg": HASH_ALGORITHM,
        "max_rows": query.max_rows,
        **({"purpose": purpose} if purpose else {}),
    }
    return {**detail, DIGEST: query_hash(detail)}
