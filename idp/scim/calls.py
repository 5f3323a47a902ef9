"""One call and its answer, alone or as a part of a bulk request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from scim2_models import Context, Error, Resource, ResponseParameters, SCIMException

from idp.scim.resources import provider
from idp.scim.tokens import Caller


@dataclass(frozen=True)
class ScimCall:
    """`kind` is Users or Groups, `key` the id behind it, `body` the object that was sent."""

    caller: Caller
    method: str
    kind: str
    key: str
    base: str
    """The address of the service, without a slash at the end."""
    body: dict[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    if_match: str = ""
    if_none_match: str = ""


@dataclass(frozen=True)
class ScimReply:
    """`body` is an object, None without one."""

    status: int
    body: dict[str, Any] | None = None
    location: str = ""
    version: str = ""


def refused(error: Exception) -> ScimReply:
    """Return the answer for `SCIMException`, and for what the models do not take (§3.12)."""
    if isinstance(error, SCIMException):
        said = error.to_error()
    elif isinstance(error, ValidationError):
        rows = error.errors(include_url=False, include_context=True, include_input=False)
        said = Error.from_validation_error(rows[0])
    else:
        raise error
    return ScimReply(said.status or 400, said.model_dump())


def one(call: ScimCall, resource: Resource[Any], *, status: int = 200) -> ScimReply:
    """Return the answer with one resource, as `attributes` and `excludedAttributes` want it."""
    names = ("attributes", "excludedAttributes")
    wanted = {name: call.query[name] for name in names if call.query.get(name)}
    parameters = ResponseParameters[type(resource)].model_validate(wanted)  # type: ignore[misc]
    meta: Any = resource.meta
    body = resource.model_dump(
        scim_ctx=Context.RESOURCE_QUERY_RESPONSE,
        response_parameters=parameters,
        scim_provider=provider(),
    )
    return ScimReply(status, body, location=str(meta.location), version=meta.version)
