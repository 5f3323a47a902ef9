"""`claims` (OIDC Core §5.5): a JSON object that asks for single claims."""

import json
import math
from typing import Any

from foundation.base.texts.storable import is_storable
from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError

PLACES = ("userinfo", "id_token")
LONGEST = 8_192
"""Characters."""
DEEPEST = 16
"""Levels of nesting; a claims request has three, and the value of a claim a few more."""


def check_claims(request: AuthorizationRequest, client: Client) -> None:
    """OIDC Core §5.5, §5.5.1: the right shape; claims that we do not know are ignored."""
    if not request.claims:
        return
    if len(request.claims) > LONGEST:
        raise InvalidRequestError("claims is too long.")
    try:
        asked = json.loads(request.claims)
    except (ValueError, RecursionError):
        raise InvalidRequestError("claims is not JSON.") from None
    if not isinstance(asked, dict) or not all(
        _is_claims_object(asked[place]) for place in PLACES if place in asked
    ):
        raise InvalidRequestError("claims does not have the shape of OIDC Core 5.5.")
    if not _is_interoperable(asked, levels=DEEPEST):
        raise InvalidRequestError("claims has values that JSON cannot carry safely.")


def _is_claims_object(member: Any) -> bool:
    if member is None:
        return True
    return isinstance(member, dict) and all(_is_request(value) for value in member.values())


def _is_request(value: Any) -> bool:
    """OIDC Core §5.5.1: null, or an object with `essential`, `value`, `values`."""
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and isinstance(value.get("essential", False), bool)
        and isinstance(value.get("values", []), list)
    )


def _is_interoperable(value: Any, *, levels: int) -> bool:
    """RFC 7493 §2: no NaN or infinity, no lone surrogates; nor NUL, which PostgreSQL cannot hold.

    Python's parser lets all of them through, and the request is stored as JSON.
    """
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, float):
        return math.isfinite(value)
    if not isinstance(value, dict | list):
        return True
    items = [*value, *value.values()] if isinstance(value, dict) else value
    return levels > 0 and all(_is_interoperable(item, levels=levels - 1) for item in items)
