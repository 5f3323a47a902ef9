"""The query digest: what an approval is bound to.

`base64url(SHA-256(JCS({v, datasource, schema_rev, statement, parameters, max_rows})))`, where JCS
is RFC 8785. Requester, approver and resource server compute it independently; whatever is not in it
can change after the approval, whatever is in it cannot.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import rfc8785

from scopeward_guard.errors import MalformedError
from scopeward_guard.strict_json import encode_base64url

VERSION = 1
HASH_ALGORITHM = "S256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One query, exactly as it will run."""

    datasource: str
    schema_rev: str
    statement: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    max_rows: int


def query_hash(query: Query) -> str:
    """Return the digest: 43 characters of base64url. Raises `MalformedError`.

    Not every query has one: RFC 8785 §3.2.2 knows no integers beyond 2**53, no NaN, no lone
    surrogates, and a `max_rows` of `True` or `100.0` would be the digest of another query.
    """
    if type(query.max_rows) is not int or not isinstance(query.parameters, Mapping):
        raise MalformedError("max_rows is an integer, parameters are an object")
    if not all(isinstance(v, str) for v in (query.datasource, query.schema_rev, query.statement)):
        raise MalformedError("datasource, schema_rev and statement are strings")
    members: Any = {
        "v": VERSION,
        "datasource": query.datasource,
        "schema_rev": query.schema_rev,
        "statement": query.statement,
        "parameters": dict(query.parameters),
        "max_rows": query.max_rows,
    }
    try:
        canonical = rfc8785.dumps(members)
    except (rfc8785.CanonicalizationError, ValueError, RecursionError) as error:
        raise MalformedError("the query has no canonical form") from error
    return encode_base64url(hashlib.sha256(canonical).digest())


def same_hash(left: str, right: object) -> bool:
    """Compare two digests in constant time; anything that is not ASCII text differs."""
    if not isinstance(right, str) or not right.isascii():
        return False
    return hmac.compare_digest(left, right)
