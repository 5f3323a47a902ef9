"""Which rows of signing keys are ours: each carries a MAC under a secret outside the database.

A public key in the table says whom to believe. Whoever can write to the database could add one of
their own, or publish a retired one again; without the secret its row is nobody's, and no JWKS,
token, seal, head or receipt counts by it.
"""

from collections.abc import Iterator

from foundation.base import conf
from foundation.base.keys.models import SigningKey
from scopeward_guard.vocabulary import canonical

PURPOSE = "signing key rows"


def stamp(key: SigningKey) -> None:
    """Set the MAC of a row that is about to be written."""
    key.mac = conf.current().key_encryption_secret.mac(PURPOSE, _said(key))


def is_authentic(key: SigningKey) -> bool:
    """Say whether a row is as one of our servers wrote it."""
    return conf.current().key_encryption_secret.made(key.mac, PURPOSE, _said(key))


def forged() -> Iterator[SigningKey]:
    """Yield the rows that are not."""
    rows = SigningKey.objects.order_by("created_at", "kid")
    return (key for key in rows if not is_authentic(key))


def _said(key: SigningKey) -> bytes:
    return canonical([key.kid, key.algorithm, key.public_jwk, str(key.state)])
