"""Members who come and go by PATCH, without reading who else is in the group (RFC 7644 §3.5.2).

A system that adds 50,000 members one by one would otherwise read all of them 50,000 times.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from scim2_models import InvalidValueException

from idp.models import ScimConnection
from idp.scim.groups import change_members, group_row_of, next_version, present_of
from idp.scim.limits import MOST_MEMBERS

ONE = re.compile(r'members\[\s*value\s+eq\s+"([^"\\]*)"\s*\]', re.IGNORECASE)
REQUEST = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(frozen=True)
class MemberChange:
    """One operation: who comes, or who goes."""

    adds: bool
    keys: tuple[str, ...]


def member_changes(body: Mapping[str, Any]) -> list[MemberChange] | None:
    """Return what a PATCH does to members, in order; None when it is anything else besides."""
    operations = body.get("Operations")
    if not isinstance(operations, list) or not operations:
        return None
    if body.get("schemas") != [REQUEST]:
        return None
    changes = [_change_in(each) for each in operations]
    return [each for each in changes if each] if all(changes) else None


def change_only_members(
    connection: ScimConnection, key: str, changes: list[MemberChange], *, if_match: str
) -> None:
    """Change members as said. Call it in a transaction; raises as `groups.change_group` does."""
    if sum(len(each.keys) for each in changes) > MOST_MEMBERS:
        raise InvalidValueException(detail=f"At most {MOST_MEMBERS} members in one request.")
    row = group_row_of(connection, key)
    next_version(row, if_match, external_id=row.external_id)
    for each in changes:
        if each.adds:
            change_members(row, each.keys, ())
        else:
            change_members(row, (), present_of(row, each.keys))


def _change_in(operation: Any) -> MemberChange | None:
    said = operation if isinstance(operation, dict) else {}
    name, path = str(said.get("op", "")).lower(), said.get("path")
    if name not in {"add", "remove"} or not isinstance(path, str):
        return None
    if name == "remove" and "value" not in said and (one := ONE.fullmatch(path)):
        keys: list[Any] = [one[1]]
    elif path.lower() == "members" and isinstance(said.get("value"), list):
        keys = [each.get("value") for each in said["value"] if isinstance(each, dict)]
        if len(keys) < len(said["value"]) or not keys:
            return None
    else:
        return None
    return MemberChange(name == "add", tuple(keys)) if all(map(_is_key, keys)) else None


def _is_key(key: Any) -> bool:
    try:
        return isinstance(key, str) and bool(UUID(key))
    except ValueError:
        return False
