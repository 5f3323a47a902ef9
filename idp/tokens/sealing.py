"""Private keys at rest: JWE with a key derived from the operator's secret (RFC 7516)."""

import hashlib
from functools import lru_cache

from jwcrypto import jwe, jwk
from jwcrypto.common import base64url_encode

from idp import conf

HEADER = '{"alg":"dir","enc":"A256GCM"}'


@lru_cache(maxsize=4)
def _wrapping_key(secret: bytes) -> jwk.JWK:
    derived = hashlib.sha256(b"scopeward signing keys" + secret).digest()
    return jwk.JWK(kty="oct", k=base64url_encode(derived))


def seal(key: jwk.JWK) -> str:
    """Return the private JWK as a compact JWE."""
    token = jwe.JWE(key.export_private().encode(), HEADER)
    token.add_recipient(_wrapping_key(conf.current().key_encryption_secret))
    return str(token.serialize(compact=True))


def unseal(sealed: str) -> jwk.JWK:
    """Return the private JWK; raises `jwcrypto.common.JWException` under another secret."""
    token = jwe.JWE()
    token.deserialize(sealed, _wrapping_key(conf.current().key_encryption_secret))
    return jwk.JWK.from_json(token.payload.decode())
