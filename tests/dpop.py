"""DPoP proofs as a client makes them, each part of which can be made wrong."""

import base64
import hashlib
import secrets
import time
from typing import Any

from django.conf import settings
from jwcrypto import jwk

from tests.client_keys import client_key, signed


def proof(
    path: str,
    *,
    method: str = "POST",
    base: str | None = None,
    key: jwk.JWK | None = None,
    token: str = "",
    **changed: Any,
) -> str:
    """Return a proof for one request (RFC 9449 §4.2); None leaves a claim out.

    `base` is where the server is, the provider if not told. What begins with `header_` is a member
    of the header.
    """
    key = key or client_key()
    header = {name[7:]: changed.pop(name) for name in list(changed) if name.startswith("header_")}
    claims = {
        "jti": secrets.token_urlsafe(12),
        "htm": method,
        "htu": (settings.SCOPEWARD.issuer if base is None else base) + path,
        "iat": int(time.time()),
        "ath": ath_of(token) if token else None,
        **changed,
    }
    public = {name: v for name, v in key.export_public(as_dict=True).items() if name != "kid"}
    members = {"typ": "dpop+jwt", "jwk": public, "kid": None, **header}
    return signed(key, {name: v for name, v in claims.items() if v is not None}, **members)


def ath_of(token: str) -> str:
    """Return the hash of an access token as a proof has it."""
    digest = hashlib.sha256(token.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
