"""A detail as one exact text, and the digest of a text: what is shown, bound, stored, compared."""

from collections.abc import Mapping
from typing import Any

from claims.catalogue.details.errors import InexactDetailError
from scopeward_guard.vocabulary import MalformedError, canonical, sha256_of


def canonical_text(detail: Mapping[str, Any]) -> str:
    """Return a detail as RFC 8785 writes it; raise InexactDetailError where it cannot."""
    try:
        text = canonical(detail).decode()
    except MalformedError as error:
        raise InexactDetailError("A value cannot be written as JSON (RFC 8785).") from error
    # A backslash is written as two: what is left of them is none of an escape.
    if "\\u0000" in text.replace("\\\\", ""):
        raise InexactDetailError("A value has a NUL character.")
    return text


def digest_of(text: str) -> str:
    """Return the base64url SHA-256 of a canonical text."""
    return sha256_of(text.encode())
