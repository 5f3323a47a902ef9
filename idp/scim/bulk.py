"""Bulk (RFC 7644 §3.7): each operation by itself, in the order of the request."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from scim2_models import InvalidSyntaxException, InvalidValueException, SCIMException

from idp.scim.bodies import TooLargeError
from idp.scim.calls import ScimCall, ScimReply, refused
from idp.scim.limits import BULK_OPERATIONS

REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
REFERENCE = "bulkId:"


def bulk(call: ScimCall, handle: Callable[[ScimCall], ScimReply]) -> ScimReply:
    """Do the operations until `failOnErrors` of them have failed. What was done stays (§3.7)."""
    operations = call.body.get("Operations")
    if REQUEST not in (call.body.get("schemas") or ()) or not isinstance(operations, list):
        raise InvalidSyntaxException(detail="This is no BulkRequest.")
    if len(operations) > BULK_OPERATIONS:
        raise TooLargeError(detail=f"At most {BULK_OPERATIONS} operations (maxOperations).")
    limit = call.body.get("failOnErrors")
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 1):
        raise InvalidValueException(detail="failOnErrors is a number from 1.")
    made: dict[str, str] = {}
    answers: list[dict[str, Any]] = []
    failed = 0
    for operation in operations:
        answer = _one(call, operation, made, handle)
        answers.append(answer)
        failed += int(answer["status"]) >= 400
        if limit is not None and failed >= limit:
            break
    return ScimReply(200, {"schemas": [RESPONSE], "Operations": answers})


def _one(
    call: ScimCall, operation: Any, made: dict[str, str], handle: Callable[[ScimCall], ScimReply]
) -> dict[str, Any]:
    said = operation if isinstance(operation, dict) else {}
    try:
        call.caller.must_still_count()
        part = _part(call, said, made)
        reply = handle(part)
    except (SCIMException, ValidationError) as error:
        reply = refused(error)
    bulk_id = said.get("bulkId")
    if reply.status == 201 and isinstance(bulk_id, str):
        made[bulk_id] = reply.location.rpartition("/")[2]
    answer: dict[str, Any] = {"method": said.get("method"), "status": str(reply.status)}
    if bulk_id:
        answer["bulkId"] = bulk_id
    if reply.location or said.get("method") != "POST":
        answer["location"] = reply.location or f"{call.base}{said.get('path')}"
    if reply.version:
        answer["version"] = reply.version
    if reply.status >= 400:
        answer["response"] = reply.body
    return answer


def _part(call: ScimCall, said: dict[str, Any], made: dict[str, str]) -> ScimCall:
    method, path, data = said.get("method"), said.get("path"), said.get("data") or {}
    if method not in METHODS or not isinstance(path, str) or not isinstance(data, dict):
        raise InvalidSyntaxException(detail="An operation has a method, a path and data.")
    if method == "POST" and not said.get("bulkId"):
        raise InvalidValueException(detail="A POST has a bulkId.")
    _, kind, *rest = (*path.split("/"), "", "")
    key = _resolved(rest[0], made)
    if len(path.split("/")) > 3 or not path.startswith("/"):
        raise InvalidValueException(detail="A path is /Users, /Groups or one of those.")
    return replace(
        call,
        method=method,
        kind=kind,
        key=key,
        body=_resolved(data, made),
        query={},
        if_match=str(said.get("version") or ""),
        if_none_match="",
    )


def _resolved(value: Any, made: dict[str, str]) -> Any:
    """Put the id of what was made in the place of each `bulkId:…` (§3.7.2)."""
    if isinstance(value, dict):
        return {name: _resolved(member, made) for name, member in value.items()}
    if isinstance(value, list):
        return [_resolved(member, made) for member in value]
    if isinstance(value, str) and value.startswith(REFERENCE):
        found = made.get(value.removeprefix(REFERENCE))
        if found is None:
            raise InvalidValueException(detail=f"Nothing was made as {value[:64]}.")
        return found
    return value
