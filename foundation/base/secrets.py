"""Digests of secrets that we generated: 256 random bits need a pepper, not a slow hash."""

import secrets
from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher

from foundation.base import conf

PURPOSE = "digest"


def digest(secret: str) -> str:
    """Return the peppered digest of a generated secret, to be stored: 64 hex digits."""
    return conf.current().pepper.mac(PURPOSE, secret.encode())


def digests(secret: str) -> tuple[str, ...]:
    """Return what the digest of a secret may be stored as, to look it up: newest pepper first."""
    return conf.current().pepper.macs(PURPOSE, secret.encode())


def generate() -> str:
    """Return a new secret of 256 random bits in URL-safe characters (43 of them)."""
    return secrets.token_urlsafe(32)


def matches(secret: str, stored: str) -> bool:
    """Say in constant time whether `secret` has the digest `stored`."""
    return conf.current().pepper.made(stored, PURPOSE, secret.encode())


def is_of_an_older_pepper(stored: str) -> bool:
    """Say whether a digest that matched should be replaced by one under the pepper in force."""
    return not stored.startswith(conf.current().pepper.key_id)


class PepperedSecretHasher(BasePasswordHasher):
    """The digest in the form that django-oauth-toolkit's secret field recognises."""

    algorithm = "hmac_sha256"

    def encode(self, password: str, salt: str) -> str:
        """Return `hmac_sha256$<digest>`; a salt adds nothing to 256 random bits."""
        return f"{self.algorithm}${digest(password)}"

    def decode(self, encoded: str) -> dict[str, str]:
        """Return the parts of an encoded secret."""
        algorithm, value = encoded.split("$", 1)
        return {"algorithm": algorithm, "hash": value}

    def verify(self, password: str, encoded: str) -> bool:
        """Say in constant time whether the secret matches."""
        return matches(password, self.decode(encoded)["hash"])

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        """Return what the admin may show."""
        return {"algorithm": self.decode(encoded)["algorithm"]}

    def must_update(self, encoded: str) -> bool:
        """Say whether it was made under an older pepper; there are no rounds to raise."""
        return is_of_an_older_pepper(self.decode(encoded)["hash"])

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Do nothing: there are no rounds to make up for."""
