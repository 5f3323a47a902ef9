"""Digests of what is approved: SHA-256 of canonical JSON (RFC 8785), in base64url.

Requester, approver and resource server compute them independently, each from what it sees.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import rfc8785

from scopeward_guard._base.errors import MalformedError
from scopeward_guard._base.strict_json import encode_base64url

HASH_ALGORITHM = "S256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One query, exactly as it will run."""

    datasource: str
    schema_rev: str
    """Of the schema that the statement was read against; empty when there is none."""
    statement: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    max_rows: int


def canonical(members: Mapping[str, Any]) -> bytes:
    """Return an object as RFC 8785 writes it. Raises `MalformedError`.

    Not every object has such a form: §3.2.2 knows no integers beyond 2**53, no NaN, no lone
    surrogates.
    """
    try:
        return rfc8785.dumps(dict(members))
    except (rfc8785.CanonicalizationError, ValueError, TypeError, RecursionError) as error:
        raise MalformedError("the object has no canonical form") from error


def sha256_of(text: bytes) -> str:
    """Return the digest of a text: 43 characters of base64url."""
    return encode_base64url(hashlib.sha256(text).digest())


def same_hash(left: str, right: object) -> bool:
    """Compare two digests in constant time; anything that is not ASCII text differs."""
    if not isinstance(right, str) or not right.isascii():
        return False
    return hmac.compare_digest(left, right)
