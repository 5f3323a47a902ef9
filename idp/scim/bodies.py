"""Bodies of requests: JSON that can be stored, not too deep and not too much."""

from typing import Any

from scim2_models import InvalidSyntaxException, InvalidValueException, SCIMException

from foundation.base.texts.storable import is_storable
from idp.scim.limits import DEEPEST_BODY, LONGEST_BODY
from scopeward_guard.vocabulary import parse_object

MEDIA_TYPES = frozenset({"application/scim+json", "application/json", ""})
"""RFC 7644 §3.1, §8.1."""


class TooLargeError(SCIMException):
    """RFC 7644 §3.7.4."""

    status = 413
    _default_detail = f"The body has more than {LONGEST_BODY} bytes."


class MediaTypeError(SCIMException):
    """RFC 9110 §15.5.16."""

    status = 415
    _default_detail = "The body must be application/scim+json."


class MethodError(SCIMException):
    """RFC 9110 §15.5.6."""

    status = 405
    _default_detail = "This method does nothing here."


def read_body(content: bytes, media_type: str) -> dict[str, Any]:
    """Return the object of a body. Raises `SCIMException`."""
    if media_type not in MEDIA_TYPES:
        raise MediaTypeError
    if len(content) > LONGEST_BODY:
        raise TooLargeError
    try:
        body = parse_object(content, max_bytes=LONGEST_BODY)
    except (ValueError, RecursionError):
        raise InvalidSyntaxException(detail="The body is no JSON object.") from None
    _check(body, DEEPEST_BODY)
    return body


def _check(value: Any, deeper: int) -> None:
    if not deeper:
        raise InvalidSyntaxException(detail="The body is nested too deeply.")
    if isinstance(value, dict):
        for name, member in value.items():
            _check(name, deeper)
            _check(member, deeper - 1)
    elif isinstance(value, list):
        for member in value:
            _check(member, deeper - 1)
    elif isinstance(value, str) and not is_storable(value):
        raise InvalidValueException(detail="A text has a NUL character or is not Unicode.")
