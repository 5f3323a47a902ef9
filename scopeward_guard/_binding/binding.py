"""What binds an approval to what is done: the one rule, for details of every type (RFC 9396).

An approved detail, less what the provider adds to it, is what is done, as canonical JSON (RFC
8785). `datatypes` alone may be more than is done. The guard, the provider and the rules for OPA all
work from the names below, and from no list of members: a member that is new is bound by itself.
"""

import json
from collections.abc import Mapping
from typing import Any, TypeGuard

from scopeward_guard._base.errors import MalformedError
from scopeward_guard._binding.digest import canonical, same_hash, sha256_of
from scopeward_guard._binding.schemas import QUERY_SCHEMA

_letters = json.JSONEncoder(sort_keys=True, allow_nan=False).encode

ADDED = frozenset({"approval_id", "approvers", "detail_digest", "emergency", "policy_rev", "txn"})
"""Members that the provider adds to an approved detail (RFC 9396 §7.1); no client may send them."""
MAY_BE_MORE = "datatypes"
"""The one member of which more may be approved than is done."""
DIGEST = "query_hash"
"""The member of a query that is made from all others."""
REQUIRED: tuple[str, ...] = tuple(QUERY_SCHEMA["required"])
"""Members without which nothing is a query."""
VERSION = 2
"""Of `query_hash`."""

_TYPES: Mapping[str, type] = {"string": str, "integer": int, "array": list, "object": dict}
_KINDS = {
    name: _TYPES[schema["type"]]
    for name, schema in QUERY_SCHEMA["properties"].items()
    if "type" in schema
}


def is_query_detail(detail: Mapping[str, Any]) -> bool:
    """Return whether an object approves a query; of any version, so that none is overlooked."""
    return str(detail.get("type", "")).startswith("urn:scopeward:query:")


def bound(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a detail says by itself: all of it, less what the provider adds."""
    return {name: value for name, value in detail.items() if name not in ADDED}


def detail_digest(detail: Mapping[str, Any]) -> str:
    """Return the digest of a whole detail of any type. Raises `MalformedError`."""
    return sha256_of(canonical(bound(detail)))


def query_hash(detail: Mapping[str, Any]) -> str:
    """Return what the member `query_hash` of a query has to be. Raises `MalformedError`.

    A `max_rows` of `True` or `100.0` would be the digest of another query.
    """
    members = {name: value for name, value in bound(detail).items() if name != DIGEST}
    if missing := [name for name in REQUIRED if name != DIGEST and name not in members]:
        raise MalformedError(f"a query has the member {missing[0]}")
    for name, kind in _KINDS.items():
        if name in members and type(members[name]) is not kind:
            raise MalformedError(f"{name} is no {kind.__name__}")
    return sha256_of(canonical({"v": VERSION, "detail": members}))


def is_consistent(detail: Mapping[str, Any]) -> bool:
    """Return whether a query has the digest of what it says; other details have none to check."""
    if not is_query_detail(detail):
        return True
    try:
        return same_hash(query_hash(detail), detail.get(DIGEST))
    except MalformedError:
        return False


def covers(approved: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Return whether what was approved, as a token has it, is what is about to be done.

    `asked` is made by who will do it, a query by `details.query_detail`: its digest is right, so an
    approved detail that shows anything else than was digested is none.
    """
    said = bound(approved)
    try:
        expected = _with_what_is_more(said, asked)
        return _is_same_text(expected, said) or canonical(expected) == canonical(said)
    except MalformedError:
        return False


def _is_same_text(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Whether they are equal to the letter: in a third of the time, and true of nearly all."""
    try:
        return _letters(left) == _letters(right)
    except (ValueError, TypeError, RecursionError):
        return False


def _with_what_is_more(approved: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is asked, as somebody would have asked who wanted all that was approved."""
    if ADDED & asked.keys():
        raise MalformedError("what is done has been approved by nobody yet")
    more, part = approved.get(MAY_BE_MORE), asked.get(MAY_BE_MORE)
    if more == part or not (_are_names(more) and _are_names(part)):
        return dict(asked)
    if not set(part) <= set(more):
        return dict(asked)
    widened = {**asked, MAY_BE_MORE: more}
    return {**widened, DIGEST: query_hash(widened)} if is_query_detail(asked) else widened


def _are_names(value: Any) -> TypeGuard[list[str]]:
    """Whether it is a list of names; an empty one may mean "everything", so it is part of none."""
    return isinstance(value, list) and bool(value) and all(isinstance(name, str) for name in value)
