"""What one call does: read, list, make, replace, change, delete (RFC 7644 §3)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from scim2_models import (
    Context,
    InvalidValueException,
    MutabilityException,
    NotFoundException,
    PatchOp,
)

from idp.scim import changing, groups, people
from idp.scim.bodies import MethodError
from idp.scim.calls import ScimCall, ScimReply, one
from idp.scim.limits import MOST_OPERATIONS
from idp.scim.lists.kinds import kind_of, needs_members
from idp.scim.lists.pages import listed
from idp.scim.members import MemberChange, change_only_members, member_changes
from idp.scim.resources import POLICY, GroupResource, Person
from idp.scim.versions import attempt

PATCH, PUT = Context.RESOURCE_PATCH_REQUEST, Context.RESOURCE_REPLACEMENT_REQUEST
POST = Context.RESOURCE_CREATION_REQUEST


def handle(call: ScimCall) -> ScimReply:
    """Do what a call asks; raises `SCIMException` and pydantic's `ValidationError`."""
    if call.kind not in {"Users", "Groups"}:
        raise NotFoundException
    does = (OF_ONE if call.key else OF_ALL).get(call.method)
    if does is None:
        raise MethodError
    call.caller.must(call.kind, write=call.method not in {"GET", "SEARCH"})
    with POLICY:
        return does(call)


def _list(call: ScimCall) -> ScimReply:
    return listed([kind_of(call, call.query)], call.query)


def _search(call: ScimCall) -> ScimReply:
    """§3.4.3: the same, with the parameters in the body."""
    return listed([kind_of(call, call.body)], call.body)


def search_all(call: ScimCall) -> ScimReply:
    """§3.4.3, of every kind at once."""
    calls = [replace(call, kind=kind) for kind in ("Users", "Groups")]
    for each in calls:
        call.caller.must(each.kind, write=False)
    with POLICY:
        return listed([kind_of(each, call.body) for each in calls], call.body)


def _read(call: ScimCall) -> ScimReply:
    reply = one(call, _resource(call, with_members=needs_members(call.query)))
    if call.if_none_match and call.if_none_match in {"*", reply.version}:
        return ScimReply(304, None, reply.location, reply.version)
    return reply


def _make(call: ScimCall) -> ScimReply:
    connection = call.caller.connection
    making: Callable[[], Any]
    if call.kind == "Users":
        said = people.said_in(Person.model_validate(call.body, scim_ctx=POST))
        making = lambda: changing.make(connection, said)  # noqa: E731
    else:
        wanted = groups.said_of_group(GroupResource.model_validate(call.body, scim_ctx=POST))
        making = lambda: groups.make_group(connection, wanted)  # noqa: E731
    key = attempt(making, if_match="")
    return one(call, _resource(call, str(key)), status=201)


def _replace(call: ScimCall) -> ScimReply:
    connection = call.caller.connection
    if call.kind == "Users":
        said = people.said_in(Person.model_validate(call.body, scim_ctx=PUT))

        def replacing() -> None:
            row = people.row_of(connection, call.key)
            changing.change(row, said, if_match=call.if_match)

    else:
        wanted = groups.said_of_group(GroupResource.model_validate(call.body, scim_ctx=PUT))

        def replacing() -> None:
            row = groups.group_row_of(connection, call.key)
            groups.change_group(row, wanted, if_match=call.if_match)

    attempt(replacing, if_match=call.if_match)
    return one(call, _resource(call))


def _change(call: ScimCall) -> ScimReply:
    model: Any = Person if call.kind == "Users" else GroupResource
    if len(call.body.get("Operations") or ()) > MOST_OPERATIONS:
        raise InvalidValueException(detail=f"At most {MOST_OPERATIONS} operations.")
    if call.kind == "Groups" and (changes := member_changes(call.body)):
        return _change_members(call, changes)
    patch = PatchOp[model].model_validate(call.body, scim_ctx=PATCH)
    connection = call.caller.connection

    def patching() -> None:
        if call.kind == "Users":
            row = people.row_of(connection, call.key)
            resource = people.resource_of(row, call.base)
            patch.patch(resource)
            _must_keep_id(resource, str(row.pk))
            said = people.said_in(resource)
            if said.active is None and "active" in row.document:
                # What is removed has its default again (RFC 7644 §3.5.2.2).
                said = replace(said, active=True)
            changing.change(row, said, if_match=call.if_match)
            return
        group = groups.group_row_of(connection, call.key)
        found = groups.group_resource_of(group, call.base)
        patch.patch(found)
        _must_keep_id(found, str(group.pk))
        groups.change_group(group, groups.said_of_group(found), if_match=call.if_match)

    attempt(patching, if_match=call.if_match)
    return one(call, _resource(call))


def _change_members(call: ScimCall, changes: list[MemberChange]) -> ScimReply:
    """§3.5.2: without the resource in the answer, unless some attributes of it are asked for."""
    connection = call.caller.connection

    def changing_members() -> None:
        change_only_members(connection, call.key, changes, if_match=call.if_match)

    attempt(changing_members, if_match=call.if_match)
    if {"attributes", "excludedAttributes"} & set(call.query):
        return one(call, _resource(call, with_members=needs_members(call.query)))
    row = groups.group_row_of(connection, call.key)
    return ScimReply(204, None, version=groups.group_version_of(row))


def _remove(call: ScimCall) -> ScimReply:
    connection = call.caller.connection

    def removing() -> None:
        if call.kind == "Users":
            changing.remove(people.row_of(connection, call.key), if_match=call.if_match)
        else:
            row = groups.group_row_of(connection, call.key)
            groups.remove_group(row, if_match=call.if_match)

    attempt(removing, if_match=call.if_match)
    return ScimReply(204)


def _must_keep_id(resource: Any, key: str) -> None:
    """RFC 7643 §3.1: the id is the service provider's."""
    if resource.id != key:
        raise MutabilityException(attribute="id", mutability="readOnly")


def _resource(call: ScimCall, key: str = "", *, with_members: bool = True) -> Any:
    connection, key = call.caller.connection, key or call.key
    if call.kind == "Users":
        return people.resource_of(people.row_of(connection, key), call.base)
    row = groups.group_row_of(connection, key)
    return groups.group_resource_of(row, call.base, with_members=with_members)


OF_ALL: Mapping[str, Callable[[ScimCall], ScimReply]] = {
    "GET": _list,
    "SEARCH": _search,
    "POST": _make,
}
OF_ONE: Mapping[str, Callable[[ScimCall], ScimReply]] = {
    "GET": _read,
    "PUT": _replace,
    "PATCH": _change,
    "DELETE": _remove,
}
