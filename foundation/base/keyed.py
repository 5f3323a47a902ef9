"""Secrets of the servers that key digests, MACs and encryption, each with ids for its keys.

A secret is one in force and any number of older ones. What is made is made under the one in force
and says by which key; what is presented is checked under the key that it names. So a secret can be
replaced without voiding what it protected: `manage.py rotate_secret`, docs/operations.md.

A digest or MAC is 64 hexadecimal digits: 8 of the key's id, 56 (224 bits) of HMAC-SHA-256.
"""

import hashlib
import hmac
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.conf import settings

ID_LENGTH = 8
"""Hexadecimal digits. They tell keys apart and say nothing of a secret of 256 bits."""
LENGTH = 64


class UnknownKeyError(Exception):
    """Made under a secret that is not known here (any more)."""


@dataclass(frozen=True)
class Ring:
    """The secret in force and the older ones that still verify, newest first."""

    current: bytes
    older: tuple[bytes, ...] = ()

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """All of them, the one in force first."""
        return (self.current, *self.older)

    @property
    def key_id(self) -> str:
        """The id of the key in force."""
        return id_of(self.current)

    @property
    def older_ids(self) -> tuple[str, ...]:
        """The ids of the keys that only verify."""
        return tuple(map(id_of, self.older))

    def age_of(self, made: str) -> int:
        """Return 0 for what the key in force made, more for older keys.

        Raise UnknownKeyError for what none of them made.
        """
        try:
            return self._ages[made[:ID_LENGTH]]
        except KeyError:
            raise UnknownKeyError from None

    @cached_property
    def _ages(self) -> dict[str, int]:
        newest_last = reversed(list(enumerate(map(id_of, self.secrets))))
        return {key_id: age for age, key_id in newest_last}

    def secret(self, key_id: str) -> bytes:
        """Return the secret with this id. Raise UnknownKeyError."""
        return self.secrets[self.age_of(key_id)]

    def mac(self, purpose: str, text: bytes) -> str:
        """Return the MAC of a text under the key in force, for one purpose."""
        return _mac(self.current, purpose, text)

    def macs(self, purpose: str, text: bytes) -> tuple[str, ...]:
        """Return what the MAC of a text may be stored as, under each key, newest first."""
        return tuple(_mac(secret, purpose, text) for secret in self.secrets)

    def made(self, mac: str, purpose: str, text: bytes) -> bool:
        """Say in constant time whether one of the keys made this MAC of this text."""
        try:
            secret = self.secrets[self.age_of(mac)]
        except UnknownKeyError:
            # As much work as for a key that is known.
            secret = self.current
        expected = _mac(secret, purpose, text)
        return hmac.compare_digest(expected.encode(), mac.encode("utf-8", "surrogatepass"))

    def key(self, purpose: str, key_id: str = "") -> bytes:
        """Return 32 bytes for one purpose: of the key with this id, without one of that in force.

        Raise UnknownKeyError.
        """
        return _derived(self.secrets[self.age_of(key_id or self.key_id)], purpose)


def secret_key() -> Ring:
    """Return Django's SECRET_KEY and its fallbacks."""
    older = tuple(secret.encode() for secret in settings.SECRET_KEY_FALLBACKS)
    return Ring(settings.SECRET_KEY.encode(), older)


@lru_cache(maxsize=64)
def id_of(secret: bytes) -> str:
    """Return the id of the keys that come from a secret."""
    return hmac.digest(secret, b"scopeward key id", "sha256").hex()[:ID_LENGTH]


@lru_cache(maxsize=256)
def _derived(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, b"scopeward " + purpose.encode(), hashlib.sha256)


def _mac(secret: bytes, purpose: str, text: bytes) -> str:
    digest = hmac.digest(_derived(secret, purpose), text, "sha256").hex()
    return id_of(secret) + digest[: LENGTH - ID_LENGTH]
