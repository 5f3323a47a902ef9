"""What can be listed: people and groups of a connection, and what they are ordered by."""

from collections.abc import Mapping
from typing import Any

from idp.scim import groups, people
from idp.scim.calls import ScimCall
from idp.scim.lists.filters import GROUPS, USERS
from idp.scim.lists.pages import ListedKind
from idp.scim.resources import GroupResource, Person

USERS_SORTED = {"username": "user_name_key", "externalid": "external_id", "id": "person"}
USERS_SORTED |= {"meta.created": "created_at", "meta.lastmodified": "person__updated_at"}
GROUPS_SORTED = {"displayname": "group__name", "externalid": "external_id", "id": "pk"}
GROUPS_SORTED |= {"meta.created": "created_at", "meta.lastmodified": "updated_at"}


def kind_of(call: ScimCall, asked: Mapping[str, Any]) -> ListedKind:
    """Return what a call lists."""
    connection = call.caller.connection
    if call.kind == "Users":

        def person(row: Any) -> Any:
            return people.resource_of(row, call.base)

        return ListedKind(Person, people.rows_of(connection), USERS, USERS_SORTED, person)
    needed = needs_members(asked)

    def group(row: Any) -> Any:
        return groups.group_resource_of(row, call.base, with_members=needed)

    return ListedKind(GroupResource, groups.group_rows_of(connection), GROUPS, GROUPS_SORTED, group)


def needs_members(asked: Mapping[str, Any]) -> bool:
    """Say whether members are returned or looked at: of a large group they are many."""
    said = {name: str(asked.get(name) or "").lower() for name in asked}
    if "members" in said.get("filter", ""):
        return True
    if wanted := said.get("attributes"):
        return "members" in wanted
    return "members" not in said.get("excludedAttributes", "").split(",")
