"""What the service says of itself (RFC 7644 §4)."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from scim2_models import Context, ForbiddenException, Meta, NotFoundException

from idp.scim.calls import ScimReply
from idp.scim.resources import provider

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
DOCUMENTS = frozenset({"ServiceProviderConfig", "ResourceTypes", "Schemas"})


def discovered(kind: str, key: str, base: str, *, is_filtered: bool) -> ScimReply:
    """Return a document; raises `NotFoundException`."""
    if is_filtered:
        raise ForbiddenException(detail="These documents are not filtered (RFC 7644 §4).")
    documents = _documents(base)[kind]
    if kind == "ServiceProviderConfig" and not key:
        return ScimReply(200, documents[0])
    if not key:
        listed = list(documents)
        return ScimReply(
            200,
            {
                "schemas": [LIST],
                "totalResults": len(listed),
                "startIndex": 1,
                "itemsPerPage": len(listed),
                "Resources": listed,
            },
        )
    found = next((each for each in documents if each.get("id") == key), None)
    if found is None or kind == "ServiceProviderConfig":
        raise NotFoundException
    return ScimReply(200, found)


@cache
def _documents(base: str) -> dict[str, Sequence[dict[str, Any]]]:
    described = provider()
    return {
        "ServiceProviderConfig": [_dumped(described.config, "ServiceProviderConfig", base)],
        "ResourceTypes": [_dumped(each, "ResourceType", base) for each in described.resource_types],
        "Schemas": [_dumped(each, "Schema", base) for each in described.schemas],
    }


def _dumped(resource: Any, kind: str, base: str) -> dict[str, Any]:
    place = kind if kind == "ServiceProviderConfig" else f"{kind}s/{resource.id}"
    made = resource.model_copy()
    made.meta = Meta(resource_type=kind, location=f"{base}/{place}")
    dumped: dict[str, Any] = made.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
    return dumped
