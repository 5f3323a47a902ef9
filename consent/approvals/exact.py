"""A detail as one exact text, and the digest of a text."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

from consent.approvals.errors import InexactDetailError


def canonical_text(detail: Mapping[str, Any]) -> str:
    """Return a detail as RFC 8785 writes it; raise InexactDetailError where it cannot."""
    try:
        exact = rfc8785.dumps(dict(detail))
    except (ValueError, TypeError, RecursionError) as error:
        raise InexactDetailError(f"The detail has no canonical form: {error}") from error
    if rb"\u0000" in exact:
        raise InexactDetailError("The detail contains a NUL, which cannot be stored.")
    return exact.decode()


def digest_of(canonical: str) -> str:
    """Return the base64url SHA-256 of a text."""
    digest = hashlib.sha256(canonical.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
