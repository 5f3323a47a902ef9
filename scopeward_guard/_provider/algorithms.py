"""Signature algorithms a token may use (RFC 7518 §3, RFC 8037 §3.1), each bound to one key type.

Symmetric ones and `none` are not here, so they cannot be chosen by anybody. The cryptography
library's key objects are used directly: this is the hot path.
"""

from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

from scopeward_guard._base.errors import MalformedError
from scopeward_guard._base.strict_json import decode_base64url

Check = Callable[[bytes, bytes], None]
"""Takes signature and signed bytes; raises `InvalidSignature`."""

Loader = Callable[[Mapping[str, Any]], Check]

MIN_RSA_BITS, MAX_RSA_BITS = 2048, 8192
MAX_EXPONENT = 2**32


def _number(jwk: Mapping[str, Any], name: str) -> int:
    return int.from_bytes(_octets(jwk, name), "big")


def _octets(jwk: Mapping[str, Any], name: str) -> bytes:
    value = jwk.get(name)
    if not isinstance(value, str) or len(value) > 2048:
        raise MalformedError(f"no {name}")
    return decode_base64url(value)


def _ecdsa(curve: ec.EllipticCurve, hash_: SHA256 | SHA384, size: int) -> Loader:
    """RFC 7518 §3.4: the signature is R and S side by side, each as long as the curve."""
    scheme = ec.ECDSA(hash_)

    def load(jwk: Mapping[str, Any]) -> Check:
        point = ec.EllipticCurvePublicNumbers(_number(jwk, "x"), _number(jwk, "y"), curve)
        key = point.public_key()

        def check(signature: bytes, data: bytes) -> None:
            if len(signature) != 2 * size:
                raise InvalidSignature
            r = int.from_bytes(signature[:size], "big")
            s = int.from_bytes(signature[size:], "big")
            key.verify(encode_dss_signature(r, s), data, scheme)

        return check

    return load


def _rsa_key(jwk: Mapping[str, Any]) -> rsa.RSAPublicKey:
    modulus, exponent = _number(jwk, "n"), _number(jwk, "e")
    if not MIN_RSA_BITS <= modulus.bit_length() <= MAX_RSA_BITS or exponent > MAX_EXPONENT:
        raise MalformedError("an RSA key out of bounds")
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _pkcs1(jwk: Mapping[str, Any]) -> Check:
    """RFC 7518 §3.3."""
    key, scheme, hash_ = _rsa_key(jwk), padding.PKCS1v15(), SHA256()
    return lambda signature, data: key.verify(signature, data, scheme, hash_)


def _pss(jwk: Mapping[str, Any]) -> Check:
    """RFC 7518 §3.5: the salt is as long as the hash."""
    key, hash_ = _rsa_key(jwk), SHA256()
    scheme = padding.PSS(mgf=padding.MGF1(hash_), salt_length=hash_.digest_size)
    return lambda signature, data: key.verify(signature, data, scheme, hash_)


def _ed25519(jwk: Mapping[str, Any]) -> Check:
    """RFC 8037 §3.1."""
    return ed25519.Ed25519PublicKey.from_public_bytes(_octets(jwk, "x")).verify


KINDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-384"): ("ES384",),
    ("OKP", "Ed25519"): ("EdDSA",),
    ("RSA", ""): ("RS256", "PS256"),
}
"""Key type and curve to the algorithms it can have; the first is meant when the key names none."""

ALGORITHMS: Mapping[str, Loader] = {
    "ES256": _ecdsa(ec.SECP256R1(), SHA256(), 32),
    "ES384": _ecdsa(ec.SECP384R1(), SHA384(), 48),
    "EdDSA": _ed25519,
    "RS256": _pkcs1,
    "PS256": _pss,
}


def algorithm_of(jwk: Mapping[str, Any]) -> str:
    """Return the one algorithm a public JWK may verify (RFC 8725 §3.1); raises `MalformedError`."""
    possible = possible_algorithms(jwk)
    if not possible:
        raise MalformedError("a kind of key that is not used here")
    return possible[0]


def possible_algorithms(jwk: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a public JWK may verify: what it says itself, or all that its kind can."""
    possible = KINDS.get((str(jwk.get("kty")), str(jwk.get("crv", ""))), ())
    said = jwk.get("alg")
    return possible if said is None else tuple(each for each in possible if each == said)
