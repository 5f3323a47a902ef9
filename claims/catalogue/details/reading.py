"""The parameter `authorization_details` as JSON, read more strictly than JSON parsers do.

Two programs must never read the same text differently: no member twice, no number that others
round.
"""

from typing import Any

from claims.catalogue.details.errors import InvalidDetailsError
from scopeward_guard.vocabulary import MalformedError, parse_value

LARGEST_TEXT = 32 * 1024
"""Bytes."""


def read(text: str) -> list[Any]:
    """Return the array of a parameter; raises `InvalidDetailsError`."""
    try:
        value = parse_value(text.encode(errors="replace"), max_bytes=LARGEST_TEXT)
    except MalformedError as error:
        raise InvalidDetailsError(f"authorization_details cannot be read: {error}.") from error
    if not isinstance(value, list):
        raise InvalidDetailsError("authorization_details must be an array of objects.")
    return value
