"""The parameter `authorization_details` as JSON, read more strictly than JSON parsers do.

Two programs must never read the same text differently: no member twice, no number that others
round, no character that a database cannot hold.
"""

import json
from collections.abc import Iterable
from typing import Any, Never

from claims.catalogue.details.errors import InvalidDetailsError

LARGEST_TEXT = 32 * 1024
"""Bytes."""
LARGEST_NUMBER = 2**53 - 1
"""RFC 8785 appendix D: beyond this, numbers are not the same everywhere."""


def read(text: str) -> list[Any]:
    """Return the array of a parameter; raises `InvalidDetailsError`."""
    if len(text.encode(errors="replace")) > LARGEST_TEXT:
        raise InvalidDetailsError("authorization_details has more than 32 KiB.")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_float,
            parse_int=_integer,
            parse_constant=_constant,
        )
    except (ValueError, RecursionError) as error:
        raise InvalidDetailsError("authorization_details is not JSON.") from error
    if not isinstance(value, list):
        raise InvalidDetailsError("authorization_details must be an array of objects.")
    return value


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidDetailsError(f"The member {name} is there twice.")
        found[name] = value
    return found


def _integer(digits: str) -> int:
    number = int(digits)
    if abs(number) > LARGEST_NUMBER:
        raise InvalidDetailsError("A number is too large.")
    return number


def _float(digits: str) -> int | float:
    number = float(digits)
    if not abs(number) <= LARGEST_NUMBER:
        raise InvalidDetailsError("A number is too large.")
    # A database may hand 1.0 back as 1; they are the same JSON number.
    return int(number) if number.is_integer() else number


def _constant(word: str) -> Never:
    raise InvalidDetailsError(f"{word} is no JSON number.")
