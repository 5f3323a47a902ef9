"""The provider's public keys (RFC 7517), parsed once, kept, and fetched again when they change."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from scopeward_guard._base.errors import BadTokenError, MalformedError, UnavailableError
from scopeward_guard._provider.algorithms import ALGORITHMS, Check, algorithm_of
from scopeward_guard._provider.refreshed import Refreshed

MAX_KEYS = 64
REMEMBERED = 1_024
"""Signatures of one key that were right: an application brings its token with every request, and
checking ES256 again would cost more than all the rest. At most 16 KiB each, mostly one or two.
"""


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key and the only algorithm it is used with."""

    kid: str
    algorithm: str
    check: Check
    """Remembers what was right, and nothing of what was wrong."""


Keys = Mapping[str, VerifyingKey]


class RemoteKeys:
    """Finds the key of a token by `kid`; a JWKS document behind it."""

    def __init__(self, document: Refreshed[Keys]) -> None:
        self._document = document

    def held(self, kid: str) -> VerifyingKey | None:
        """Return the key if it is there without waiting."""
        keys = self._document.held()
        return keys.get(kid) if keys is not None else None

    def key(self, kid: str) -> VerifyingKey:
        """Return the key; raises `BadTokenError` when the provider has no such key.

        An unknown `kid` may be a key that is newer than what is kept. It is fetched at most once
        per pause, so that inventing key ids does not turn into requests to the provider.
        Raises `UnavailableError` when nothing recent enough is known.
        """
        found = self._document.current().get(kid) or self._document.newer().get(kid)
        if found is None:
            raise BadTokenError("signed by an unknown key")
        return found


def loading(fetch: Callable[[], dict[str, Any]], *, allowed: frozenset[str]) -> Callable[[], Keys]:
    """Return what `Refreshed` calls: fetch the JWKS, keep what can be used."""

    def load() -> Keys:
        keys = parse_jwks(fetch(), allowed=allowed)
        if not keys:
            raise UnavailableError("the provider publishes no key that can be used")
        return keys

    return load


def parse_jwks(document: Mapping[str, Any], *, allowed: frozenset[str]) -> Keys:
    """Return the usable keys of a JWKS by `kid`; raises `MalformedError` when it is not one.

    Keys that are not for signatures, of other kinds, or broken are passed over (RFC 7517 §5). Two
    keys with one `kid` are ambiguous: neither is used.
    """
    entries = document.get("keys")
    if not isinstance(entries, list) or len(entries) > MAX_KEYS:
        raise MalformedError("not a JWKS")
    found = [key for entry in entries if (key := _parse_key(entry, allowed)) is not None]
    times = Counter(key.kid for key in found)
    return {key.kid: key for key in found if times[key.kid] == 1}


def verifying_key(
    kid: str, jwk: Mapping[str, Any], *, remembered: int = REMEMBERED
) -> VerifyingKey:
    """Return a public JWK ready to verify; raises `MalformedError` or another `ValueError`."""
    algorithm = algorithm_of(jwk)
    check = lru_cache(maxsize=remembered)(ALGORITHMS[algorithm](jwk))
    return VerifyingKey(kid, algorithm, check)


def _parse_key(jwk: Any, allowed: frozenset[str]) -> VerifyingKey | None:
    if not isinstance(jwk, dict) or not is_for_verifying(jwk):
        return None
    kid = jwk.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= 256:
        return None
    try:
        key = verifying_key(kid, jwk)
    except ValueError:
        return None
    return key if key.algorithm in allowed else None


def is_for_verifying(jwk: Mapping[str, Any]) -> bool:
    """Say whether a JWK is public and for signatures (RFC 7517 §4.2, §4.3).

    A private key in public is no key to trust.
    """
    operations = jwk.get("key_ops", ["verify"])
    return (
        jwk.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
        and "d" not in jwk
    )
