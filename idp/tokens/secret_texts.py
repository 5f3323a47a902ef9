"""Secrets that others gave us to be used once more: encrypted at rest (RFC 7516)."""

import hashlib
from functools import lru_cache

from jwcrypto import jwe, jwk
from jwcrypto.common import base64url_encode

from idp import conf

HEADER = '{"alg":"dir","enc":"A256GCM"}'


def seal_text(text: str) -> str:
    """Return the text as a compact JWE."""
    token = jwe.JWE(text.encode(), HEADER)
    token.add_recipient(_wrapping_key(conf.current().key_encryption_secret))
    return str(token.serialize(compact=True))


def unseal_text(sealed: str) -> str:
    """Return the text; raises `jwcrypto.common.JWException` under another secret."""
    token = jwe.JWE()
    token.deserialize(sealed, _wrapping_key(conf.current().key_encryption_secret))
    return str(token.payload.decode())


@lru_cache(maxsize=4)
def _wrapping_key(secret: bytes) -> jwk.JWK:
    derived = hashlib.sha256(b"scopeward secret texts" + secret).digest()
    return jwk.JWK(kty="oct", k=base64url_encode(derived))
