"""Proof Key for Code Exchange (RFC 7636), with S256 only (RFC 9700 §2.1.1)."""

import re

from scopeward_guard.vocabulary import same_hash, sha256_of

METHOD = "S256"
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
"""An S256 challenge is the base64url of 32 bytes (§4.2)."""
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
"""§4.1."""


def is_challenge(value: str) -> bool:
    """Say whether a value can be an S256 challenge."""
    return CHALLENGE.fullmatch(value) is not None


def proves(verifier: str | None, challenge: str) -> bool:
    """Say whether the verifier belongs to the challenge (§4.6).

    Without a challenge there must be no verifier either: else a stripped challenge would go
    unnoticed (RFC 9700 §4.8.2).
    """
    if not challenge:
        return verifier is None
    if verifier is None or not VERIFIER.fullmatch(verifier):
        return False
    return same_hash(sha256_of(verifier.encode("ascii")), challenge)
