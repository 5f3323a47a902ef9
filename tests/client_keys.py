"""Keys of clients, and what they sign with them: assertions of who they are."""

import json
import secrets
import time
from functools import lru_cache
from typing import Any

from django.conf import settings
from jwcrypto import jwk, jws

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KINDS: dict[str, dict[str, Any]] = {
    "ES256": {"kty": "EC", "crv": "P-256"},
    "ES384": {"kty": "EC", "crv": "P-384"},
    "EdDSA": {"kty": "OKP", "crv": "Ed25519"},
    "PS256": {"kty": "RSA", "size": 2048},
    "RS256": {"kty": "RSA", "size": 2048},
}


@lru_cache(maxsize=32)
def client_key(algorithm: str = "ES256", kid: str = "one") -> jwk.JWK:
    """Return a key pair: one per algorithm and `kid` in a process."""
    return jwk.JWK.generate(**KINDS[algorithm], kid=kid)


def key_set_of(*keys: jwk.JWK) -> dict[str, Any]:
    """Return the public keys as a client registers them."""
    return {"keys": [key.export_public(as_dict=True) for key in keys]}


def signed(key: jwk.JWK, claims: dict[str, Any], **header: Any) -> str:
    """Return claims in a JWS; members of the header that are None are left out."""
    members = {"alg": "ES256", "kid": key.get("kid"), **header}
    made = jws.JWS(json.dumps(claims))
    made.allowed_algs = [*KINDS, "HS256"]
    named = {name: value for name, value in members.items() if value is not None}
    made.add_signature(key, protected=json.dumps(named))
    return str(made.serialize(compact=True))


def claims_of(client_id: str, **changed: Any) -> dict[str, Any]:
    """Return what a good assertion says; None leaves a claim out."""
    now = int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": settings.SCOPEWARD.issuer,
        "jti": secrets.token_urlsafe(12),
        "iat": now,
        "exp": now + 60,
    }
    return {name: value for name, value in {**claims, **changed}.items() if value is not None}


def asserted(key: jwk.JWK, client_id: str, **changed: Any) -> dict[str, Any]:
    """Return the parameters of a request that prove the client (RFC 7521 §4.2)."""
    text = signed(key, claims_of(client_id, **changed))
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": text}
