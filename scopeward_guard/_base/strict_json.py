"""JSON that can be read in one way only: no repeated members, no NaN, bounded (RFC 8259 §4, §9)."""

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any, NoReturn

from scopeward_guard._base.errors import MalformedError

LARGEST_INTEGER = 2**53 - 1
"""RFC 8785 appendix D: beyond this, numbers are not the same everywhere."""


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedError("a member appears twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise MalformedError(f"{name} is not JSON")


def _integer(digits: str) -> int:
    number = int(digits)
    if abs(number) > LARGEST_INTEGER:
        raise MalformedError("a number is too large")
    return number


def _number(digits: str) -> int | float:
    number = float(digits)
    if not abs(number) <= LARGEST_INTEGER:
        raise MalformedError("a number is too large")
    # A database may hand 1.0 back as 1; they are the same JSON number.
    return int(number) if number.is_integer() else number


_decode = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_no_constant).decode
_decode_exact = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_constant=_no_constant,
    parse_int=_integer,
    parse_float=_number,
).decode


def parse_value(data: bytes, *, max_bytes: int) -> Any:
    """Return the JSON value in `data`, with no number that others round (RFC 7493 §2.2).

    Raises `MalformedError`.
    """
    return _parse(data, max_bytes, _decode_exact)


def parse_object(data: bytes, *, max_bytes: int) -> dict[str, Any]:
    """Return the JSON object in `data` (UTF-8, no byte order mark); raises `MalformedError`."""
    value = _parse(data, max_bytes, _decode)
    if not isinstance(value, dict):
        raise MalformedError("not a JSON object")
    return value


def _parse(data: bytes, max_bytes: int, decode: Callable[[str], Any]) -> Any:
    if len(data) > max_bytes:
        raise MalformedError("too long")
    try:
        return decode(data.decode("utf-8"))
    except MalformedError:
        raise
    except (ValueError, RecursionError) as error:
        raise MalformedError("not JSON") from error


def encode_base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode_base64url(text: str) -> bytes:
    """Undo `encode_base64url`, in its one canonical form; raises `MalformedError`.

    The last character of an encoding may have bits that mean nothing. Two texts that decode to the
    same bytes are two tokens with one meaning, so only the canonical one is read (RFC 4648 §3.5).
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError("not base64url") from error
    if encode_base64url(data) != text:
        raise MalformedError("not canonical base64url")
    return data
