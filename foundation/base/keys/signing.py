"""Signing and verifying our own JWTs (RFC 7515), with each key's raw form taken once.

`jwcrypto` owns the keys; the hot path uses the cryptography library's key objects directly. The
tests check every signature against jwcrypto.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from jwcrypto import jwk

MAX_TOKEN_BYTES = 16_384
P256_BYTES = 32
REMEMBERED = 2_048
"""Tokens of one key whose signatures were right; 3 MiB when each is as long as most are."""


class BadTokenError(Exception):
    """Not a JWT that one of our published keys signed."""


def encode_part(data: bytes) -> bytes:
    """Base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def decode_part(part: str) -> bytes:
    """Undo `encode_part`; raises `BadTokenError`."""
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadTokenError("not base64url") from error


_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def dump(value: Mapping[str, Any]) -> bytes:
    """Compact JSON."""
    return _encode(value).encode()


@lru_cache(maxsize=64)
def encoded_header(algorithm: str, typ: str, kid: str) -> bytes:
    """Return the first part of a JWS; the same for all tokens of a kind and a key."""
    return encode_part(dump({"alg": algorithm, "typ": typ, "kid": kid}))


class Algorithm(Protocol):
    """One JWS algorithm (RFC 7518 §3)."""

    def sign(self, key: Any, data: bytes) -> bytes:
        """Return the signature."""

    def verify(self, key: Any, signature: bytes, data: bytes) -> None:
        """Raise `InvalidSignature` unless the signature is right."""


class ES256:
    """ECDSA on P-256 with SHA-256; the signature is R and S side by side (RFC 7518 §3.4)."""

    def sign(self, key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
        """Return the 64 bytes of R and S."""
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256())))
        return r.to_bytes(P256_BYTES, "big") + s.to_bytes(P256_BYTES, "big")

    def verify(self, key: ec.EllipticCurvePublicKey, signature: bytes, data: bytes) -> None:
        """Check R and S."""
        if len(signature) != 2 * P256_BYTES:
            raise InvalidSignature
        r = int.from_bytes(signature[:P256_BYTES], "big")
        s = int.from_bytes(signature[P256_BYTES:], "big")
        key.verify(encode_dss_signature(r, s), data, ec.ECDSA(SHA256()))


class RS256:
    """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3)."""

    def sign(self, key: rsa.RSAPrivateKey, data: bytes) -> bytes:
        """Return the signature."""
        return key.sign(data, padding.PKCS1v15(), SHA256())

    def verify(self, key: rsa.RSAPublicKey, signature: bytes, data: bytes) -> None:
        """Check the signature."""
        key.verify(signature, data, padding.PKCS1v15(), SHA256())


ALGORITHMS: dict[str, Algorithm] = {"ES256": ES256(), "RS256": RS256()}


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
        data = header + b"." + encode_part(dump(payload))
        signature = ALGORITHMS[self.algorithm].sign(self.key, data)
        return (data + b"." + encode_part(signature)).decode()


@dataclass(frozen=True, slots=True)
class Verifier:
    """A published key, ready to verify."""

    algorithm: str
    check: Callable[[bytes, bytes], None]
    """Takes a signature and what it signs; raises `InvalidSignature`."""

    @classmethod
    def from_jwk(cls, key: jwk.JWK, *, algorithm: str) -> "Verifier":
        """Take the raw public key out of a JWK.

        Which signatures were right is remembered: whoever was given a token brings it again and
        again, and a check of ES256 costs more than the statement that tells whether it still holds.
        """
        check = partial(ALGORITHMS[algorithm].verify, key.get_op_key("verify"))
        return cls(algorithm=algorithm, check=lru_cache(maxsize=REMEMBERED)(check))


def verify(token: str, *, typ: str, verifiers: Mapping[str, Verifier]) -> dict[str, Any]:
    """Return the payload of a JWT signed by one of `verifiers` (by `kid`).

    The header's `typ` must be the expected one (RFC 8725 §3.11) and its `alg` the key's own
    (§3.1). Says nothing about `exp`, `aud` or revocation. Raises `BadTokenError`.
    """
    if len(token) > MAX_TOKEN_BYTES or token.count(".") != 2 or not token.isascii():
        raise BadTokenError("not a compact JWS")
    signed, _, signature = token.rpartition(".")
    header_part, _, payload_part = signed.partition(".")
    header = _json_object(header_part)
    kid = header.get("kid")
    verifier = verifiers.get(kid) if isinstance(kid, str) else None
    if verifier is None or header.get("alg") != verifier.algorithm or header.get("typ") != typ:
        raise BadTokenError("unknown key, or not this type of token")
    try:
        verifier.check(decode_part(signature), signed.encode())
    except InvalidSignature as error:
        raise BadTokenError("bad signature") from error
    return _json_object(payload_part)


def _json_object(part: str) -> dict[str, Any]:
    try:
        value = json.loads(decode_part(part))
    except (ValueError, RecursionError) as error:
        raise BadTokenError("not JSON") from error
    if not isinstance(value, dict):
        raise BadTokenError("not a JSON object")
    return value
