"""Public keys of others (RFC 7517), parsed once and ready to verify."""

from collections.abc import Collection, Mapping
from typing import Any

from scopeward_guard.jose import (
    VerifyingKey,
    is_for_verifying,
    possible_algorithms,
    verifying_key,
)
from scopeward_guard.vocabulary import MalformedError

MOST_KEYS = 20
LONGEST_KID = 256

KeySet = Collection[VerifyingKey]
"""A key that names no algorithm is there once for each that its kind can."""


def parse_key_set(document: Mapping[str, Any]) -> KeySet:
    """Return the keys for signatures of a JWK set; raises `MalformedError` when there are none.

    What is of another kind, for something else or broken is passed over (RFC 7517 §5); symmetric
    keys are none: what is published is no secret (RFC 8725 §3.1).
    """
    listed = document.get("keys")
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise MalformedError(f"not a JWK set, or one of more than {MOST_KEYS} keys")
    found = tuple(key for each in listed for key in _parsed(each))
    if not found:
        raise MalformedError("no public key for signatures (EC, OKP or RSA) in it")
    return found


def candidates(keys: KeySet, *, kid: str, algorithm: str) -> list[VerifyingKey]:
    """Return the keys that may have signed; without a `kid` all of the algorithm."""
    return [key for key in keys if key.algorithm == algorithm and kid in ("", key.kid)]


def _parsed(jwk: Any) -> list[VerifyingKey]:
    if not isinstance(jwk, dict) or not is_for_verifying(jwk):
        return []
    kid = jwk.get("kid", "")
    if not isinstance(kid, str) or len(kid) > LONGEST_KID:
        return []
    try:
        return [
            verifying_key(kid, {**jwk, "alg": algorithm}, remembered=0)
            for algorithm in possible_algorithms(jwk)
        ]
    except ValueError:
        return []
