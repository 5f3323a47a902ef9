"""A detail as one exact text, and the digest of a text."""

from collections.abc import Mapping
from typing import Any

from consent.approvals.errors import InexactDetailError
from scopeward_guard.vocabulary import MalformedError, canonical, sha256_of


def canonical_text(detail: Mapping[str, Any]) -> str:
    """Return a detail as RFC 8785 writes it; raise InexactDetailError where it cannot."""
    try:
        exact = canonical(detail)
    except MalformedError as error:
        raise InexactDetailError(f"The detail has no canonical form: {error}") from error
    if rb"\u0000" in exact:
        raise InexactDetailError("The detail contains a NUL, which cannot be stored.")
    return exact.decode()


def digest_of(text: str) -> str:
    """Return the base64url SHA-256 of a text."""
    return sha256_of(text.encode())
