"""What is secret and needed again, at rest: JWE under keys of the operator's secret (RFC 7516).

The header says by which key (`kid`, RFC 7516 §4.1.6), so that the secret can be replaced.
"""

import json

from jwcrypto import jwe, jwk

from foundation.base import conf
from foundation.base.keyed import UnknownKeyError
from scopeward_guard.vocabulary import encode_base64url

KEYS = "signing keys"
"""What private signing keys are sealed for; what is sealed for one purpose opens for no other."""


def seal(key: jwk.JWK) -> str:
    """Return the private JWK as a compact JWE."""
    return sealed(key.export_private().encode(), KEYS)


def unseal(text: str) -> jwk.JWK:
    """Return the private JWK; raises what `unsealed` does."""
    return jwk.JWK.from_json(unsealed(text, KEYS).decode())


def sealed(content: bytes, purpose: str) -> str:
    """Return a compact JWE that opens for this purpose only."""
    ring = conf.current().key_encryption_secret
    header = {"alg": "dir", "enc": "A256GCM", "kid": ring.key_id}
    token = jwe.JWE(content, json.dumps(header))
    token.add_recipient(_wrapping(ring.key(purpose)))
    return str(token.serialize(compact=True))


def unsealed(text: str, purpose: str) -> bytes:
    """Return what was sealed for a purpose.

    Raises `UnknownKeyError` for a secret that is not known any more, and
    `jwcrypto.common.JWException` for what was changed or sealed for something else.
    """
    token = jwe.JWE()
    token.deserialize(text)
    key = conf.current().key_encryption_secret.key(purpose, key_id_of(text) or "none")
    token.decrypt(_wrapping(key))
    return bytes(token.payload)


def key_id_of(text: str) -> str:
    """Return the id of the key that sealed; empty when it does not say. Raises `JWException`."""
    token = jwe.JWE()
    token.deserialize(text)
    return str(token.jose_header.get("kid", ""))


def is_of_an_older_key(text: str) -> bool:
    """Say whether it should be sealed anew. Raises `UnknownKeyError` and `JWException`."""
    return conf.current().key_encryption_secret.age_of(key_id_of(text)) > 0


def _wrapping(key: bytes) -> jwk.JWK:
    return jwk.JWK(kty="oct", k=encode_base64url(key))


__all__ = [
    "UnknownKeyError",
    "is_of_an_older_key",
    "key_id_of",
    "seal",
    "sealed",
    "unseal",
    "unsealed",
]
