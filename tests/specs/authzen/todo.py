"""The Todo application of the AuthZEN interoperability events: five people, five actions."""

import json
from collections.abc import Iterator
from typing import Any

from policy import services
from policy.models import PolicySet

ADMINS = ("rick@the-citadel.com",)
EDITORS = ("morty@the-citadel.com", "summer@the-smiths.com")
VIEWERS = ("beth@the-smiths.com", "jerry@the-smiths.com")
ACTIONS = (
    "can_read_user",
    "can_read_todos",
    "can_create_todo",
    "can_update_todo",
    "can_delete_todo",
)

_ID = {"id": {"type": "String"}}
_APPLIES = {"principalTypes": ["User"], "resourceTypes": ["User", "Todo"]}
SCHEMA: dict[str, Any] = {
    "": {
        "entityTypes": {
            "User": {"shape": {"type": "Record", "attributes": _ID}},
            "Todo": {
                "shape": {
                    "type": "Record",
                    "attributes": {**_ID, "ownerID": {"type": "String", "required": False}},
                }
            },
        },
        "actions": {name: {"appliesTo": _APPLIES} for name in ACTIONS},
    }
}


def _people(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(f"User::{json.dumps(name)}" for name in names) + "].contains(principal)"


POLICIES = f"""
@id("everybody-reads") permit(principal, action in [Action::"can_read_user",
  Action::"can_read_todos"], resource);
@id("editors-create") permit(principal, action == Action::"can_create_todo", resource is Todo)
  when {{ {_people(ADMINS + EDITORS)} }};
@id("admins-change") permit(principal, action in [Action::"can_update_todo",
  Action::"can_delete_todo"], resource is Todo) when {{ {_people(ADMINS)} }};
@id("editors-change-their-own") permit(principal, action in [Action::"can_update_todo",
  Action::"can_delete_todo"], resource is Todo)
  when {{ {_people(EDITORS)} && resource has ownerID && resource.ownerID == principal.id }};
"""


def put_in_force(audience: str) -> None:
    policy_set = PolicySet.objects.create(title="Todo", audience=audience, schema=SCHEMA)
    services.activate(services.draft(policy_set, POLICIES))


def question(person: str, action: str, kind: str, name: str, **properties: str) -> dict[str, Any]:
    resource = {"type": kind, "id": name} | ({"properties": properties} if properties else {})
    return {
        "subject": {"type": "user", "id": person},
        "action": {"name": action},
        "resource": resource,
    }


def decisions() -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield the forty questions of the scenario, and the answers that everybody has to give."""
    for person in ADMINS + EDITORS + VIEWERS:
        may_create = person not in VIEWERS
        yield question(person, "can_read_user", "user", "beth@the-smiths.com"), True
        yield question(person, "can_read_user", "user", person), True
        yield question(person, "can_read_todos", "todo", "todo-1"), True
        yield question(person, "can_create_todo", "todo", "todo-1"), may_create
        for action in ("can_update_todo", "can_delete_todo"):
            for owner in ("rick@the-citadel.com", person if person not in ADMINS else EDITORS[0]):
                allowed = person in ADMINS or (person in EDITORS and owner == person)
                yield question(person, action, "todo", "7240d0db", ownerID=owner), allowed
