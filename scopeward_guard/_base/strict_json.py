"""JSON that can be read in one way only: no repeated members, no NaN, bounded (RFC 8259 §4, §9)."""

import base64
import binascii
import json
from typing import Any, NoReturn

from scopeward_guard._base.errors import MalformedError


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedError("a member appears twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise MalformedError(f"{name} is not JSON")


_decode = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_no_constant).decode


def parse_object(data: bytes, *, max_bytes: int) -> dict[str, Any]:
    """Return the JSON object in `data` (UTF-8, no byte order mark); raises `MalformedError`."""
    if len(data) > max_bytes:
        raise MalformedError("too long")
    try:
        value = _decode(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise MalformedError("not JSON") from error
    if not isinstance(value, dict):
        raise MalformedError("not a JSON object")
    return value


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
