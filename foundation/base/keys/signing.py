"""Signing our own JWTs (RFC 7515), with each key's raw form taken once, and verifying them.

`jwcrypto` owns the keys; the hot path uses the cryptography library's key objects directly. The
tests check every signature against jwcrypto. Verifying is what resource servers do, by the same
code (`scopeward_guard`).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from jwcrypto import jwk

from scopeward_guard.jose import BadTokenError, JwsReader, Signed, VerifyingKey, verifying_key
from scopeward_guard.vocabulary import MalformedError, encode_base64url

MAX_TOKEN_BYTES = 16_384
P256_BYTES = 32
REMEMBERED = 2_048
"""Tokens whose signatures were right, with what they say; 10 MiB when each is as long as most."""


_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def dump(value: Mapping[str, Any]) -> bytes:
    """Compact JSON."""
    return _encode(value).encode()


@lru_cache(maxsize=64)
def encoded_header(algorithm: str, typ: str, kid: str) -> str:
    """Return the first part of a JWS; the same for all tokens of a kind and a key."""
    return encode_base64url(dump({"alg": algorithm, "typ": typ, "kid": kid}))


def _es256(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    """ECDSA on P-256 with SHA-256: R and S side by side (RFC 7518 §3.4)."""
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256())))
    return r.to_bytes(P256_BYTES, "big") + s.to_bytes(P256_BYTES, "big")


def _rs256(key: rsa.RSAPrivateKey, data: bytes) -> bytes:
    """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3)."""
    return key.sign(data, padding.PKCS1v15(), SHA256())


SIGN: Mapping[str, Callable[[Any, bytes], bytes]] = {"ES256": _es256, "RS256": _rs256}


@dataclass(frozen=True, slots=True)
class Signer:
    """An active key, ready to sign."""

    kid: str
    algorithm: str
    key: Any

    @classmethod
    def from_jwk(cls, key: jwk.JWK, *, kid: str, algorithm: str) -> "Signer":
        """Take the raw private key out of a JWK."""
        return cls(kid=kid, algorithm=algorithm, key=key.get_op_key("sign"))

    def sign(self, payload: Mapping[str, Any], *, typ: str) -> str:
        """Return the compact JWS of a payload."""
        header = encoded_header(self.algorithm, typ, self.kid)
        text = f"{header}.{encode_base64url(dump(payload))}"
        signature = SIGN[self.algorithm](self.key, text.encode())
        return f"{text}.{encode_base64url(signature)}"


def verifier_of(public_jwk: Mapping[str, Any], *, kid: str) -> VerifyingKey:
    """Return a published key, ready to verify; what was right is remembered by `verify`."""
    return verifying_key(kid, public_jwk, remembered=0)


def verify(token: str, *, typ: str, verifiers: Mapping[str, VerifyingKey]) -> dict[str, Any]:
    """Return the payload of a JWT signed by one of `verifiers` (by `kid`).

    The header's `typ` must be the expected one (RFC 8725 §3.11) and its `alg` the key's own
    (§3.1). Says nothing about `exp`, `aud` or revocation. Raises `BadTokenError`.

    The payload is one's own, its lists and objects are shared with whoever verifies the same token:
    they must not be changed.
    """
    try:
        signed = _reader(typ).parse(token)
        key = verifiers.get(signed.kid)
        if key is None:
            raise BadTokenError("signed by an unknown key")
        return dict(_checked(signed, key))
    except MalformedError as error:
        raise BadTokenError(f"not a JWT: {error}") from error


@lru_cache(maxsize=REMEMBERED)
def _checked(signed: Signed, key: VerifyingKey) -> dict[str, Any]:
    """Return what a key signed. Remembered, unless something was wrong.

    Whoever was given a token brings it again and again, and a check of ES256 costs more than the
    statement that tells whether it still holds; parsing it costs half as much as that.
    """
    return signed.checked(key)


@cache
def _reader(typ: str) -> JwsReader:
    return JwsReader(frozenset({typ.lower()}), max_characters=MAX_TOKEN_BYTES)
