"""JWTs seen from outside: read with jwcrypto, and forged in every known way."""

import base64
import json
from typing import Any

from django.test import Client as Browser
from jwcrypto import jwk, jwt


def b64(data: bytes | str) -> str:
    """Base64url without padding."""
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def part(token: str, index: int) -> dict[str, Any]:
    """Return a decoded part of a JWT without verifying anything."""
    text = token.split(".")[index]
    return dict(json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))))


def header_of(token: str) -> dict[str, Any]:
    """Return the header of a JWT."""
    return part(token, 0)


def payload_of(token: str) -> dict[str, Any]:
    """Return the payload of a JWT."""
    return part(token, 1)


def key_set() -> jwk.JWKSet:
    """Fetch the provider's keys as any client does."""
    response = Browser().get("/.well-known/jwks.json")
    return jwk.JWKSet.from_json(response.content.decode())


def verified(token: str) -> dict[str, Any]:
    """Return the payload of a JWT after jwcrypto has checked it against the published keys."""
    keys = key_set()
    kid = header_of(token)["kid"]
    checked = jwt.JWT(jwt=token, key=keys.get_key(kid), algs=["ES256", "RS256"])
    return dict(json.loads(checked.claims))


def forged(token: str, *, header: dict[str, Any], signature: bytes = b"") -> str:
    """Return the token with members of its header replaced and another signature."""
    new_header = b64(json.dumps({**header_of(token), **header}))
    return f"{new_header}.{token.split('.')[1]}.{b64(signature)}"


def signed_elsewhere(token: str, *, algorithm: str = "ES256") -> str:
    """Return the same header and payload, signed by a key that is not the provider's."""
    key = jwk.JWK.generate(kty="EC", crv="P-256")
    other = jwt.JWT(header={**header_of(token), "alg": algorithm}, claims=payload_of(token))
    other.make_signed_token(key)
    return str(other.serialize())
