"""Digests of what is approved: SHA-256 of canonical JSON (RFC 8785), in base64url.

Requester, approver and resource server compute them independently, each from what it sees.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import rfc8785

from scopeward_guard._base.errors import MalformedError
from scopeward_guard._base.strict_json import LARGEST_INTEGER, encode_base64url

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


_write = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False
).encode


def canonical(value: Any) -> bytes:
    """Return a JSON value as RFC 8785 writes it. Raises `MalformedError`.

    Not every value has such a form: §3.2.2 knows no integers beyond 2**53, no NaN, no lone
    surrogates.
    """
    try:
        members = dict(value) if isinstance(value, Mapping) else value
        # Where no fraction and no name outside ASCII is in it, the faster writer writes the same.
        return _write(members).encode() if _is_plain(members) else rfc8785.dumps(members)
    except (rfc8785.CanonicalizationError, ValueError, TypeError, RecursionError) as error:
        raise MalformedError("the value has no canonical form") from error


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is dict:
        # Most members are texts, which cost no call.
        for name, item in value.items():
            if type(name) is not str or not name.isascii():
                return False
            if type(item) is not str and not _is_plain(item):
                return False
        return True
    if kind is list or kind is tuple:
        return all(type(item) is str or _is_plain(item) for item in value)
    if kind is int:
        return bool(-LARGEST_INTEGER <= value <= LARGEST_INTEGER)
    return kind is str or kind is bool or value is None


def sha256_of(text: bytes) -> str:
    """Return the digest of a text: 43 characters of base64url."""
    return encode_base64url(hashlib.sha256(text).digest())


def same_hash(left: str, right: object) -> bool:
    """Compare two digests in constant time; anything that is not ASCII text differs."""
    if not isinstance(right, str) or not right.isascii():
        return False
    return hmac.compare_digest(left, right)
