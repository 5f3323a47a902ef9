"""Details to ask for."""

import json
from typing import Any

from claims.catalogue.details.defaults import DEFAULT_TYPES, QUERY
from tests.factories import WAREHOUSE
from tests.members import rehashed

FILES = "urn:example:files"
LAKE = "https://lake.example"
ADDED = {"approval_id", "approvers", "detail_digest", "policy_rev", "txn"}
"""RFC 9396 §7.1."""


def query(**members: Any) -> dict[str, Any]:
    """Return the detail of one query; a member that is None is left out."""
    values = {**DEFAULT_TYPES[QUERY]["example"], "locations": [WAREHOUSE], **members}
    kept = {name: value for name, value in values.items() if value is not None}
    return rehashed(kept) if "query_hash" not in members else kept


def files(**members: Any) -> dict[str, Any]:
    """Return a detail that may be used again."""
    values = {"type": FILES, "locations": [WAREHOUSE], "actions": ["read", "write"]}
    return {**values, "identifier": "/reports", **members}


def files_type() -> dict[str, Any]:
    """Return the columns of the type of `files`."""
    texts = {"type": "array", "items": {"type": "string"}, "minItems": 1}
    return {
        "type": FILES,
        "title": "Files",
        "sentence": "{actions} the files below {identifier}.",
        "schema": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type", "actions"],
            "properties": {
                "type": {"const": FILES},
                "locations": texts,
                "actions": texts,
                "identifier": {"type": "string"},
            },
        },
        "example": files(),
        "may_be_narrowed": True,
    }


def asking(*details: Any) -> str:
    """Return the parameter `authorization_details`."""
    return json.dumps(details, ensure_ascii=False)


def said(details: Any) -> list[dict[str, Any]]:
    """Return details without what the provider adds to approved ones; it must have added it."""
    assert all(detail.keys() >= ADDED for detail in details)
    return [{name: detail[name] for name in detail.keys() - ADDED} for detail in details]
