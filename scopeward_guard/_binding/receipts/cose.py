"""Public keys of passkeys: COSE keys (RFC 9052 §7) in CBOR (RFC 8949), as WebAuthn §6.5.1 has them.

Of CBOR only what such a key consists of: whole numbers, bytes, and one map of them.
"""

from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from scopeward_guard._base.errors import MalformedError

KTY, ALG, CRV, X, Y = 1, 3, -1, -2, -3
"""Labels of members (RFC 9053 §7.1); those of RSA (RFC 8230 §4) are -1, n, and -2, e."""
ES256, EDDSA, RS256 = -7, -8, -257
ED25519 = 6

Verify = Callable[[bytes, bytes], None]


def is_signed(cose: bytes, signature: bytes, text: bytes) -> bool:
    """Say whether a signature is by this key. Raises `MalformedError` for no key that we know."""
    try:
        _verifier(_map(cose))(signature, text)
    except InvalidSignature:
        return False
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedError("not a public key that is known here") from error
    return True


def _verifier(key: dict[int, Any]) -> Verify:
    if key[ALG] == ES256 and key[CRV] == 1:
        point = ec.EllipticCurvePublicNumbers(_number(key[X]), _number(key[Y]), ec.SECP256R1())
        public = point.public_key()
        return lambda signature, text: public.verify(signature, text, ec.ECDSA(hashes.SHA256()))
    if key[ALG] == EDDSA and key[CRV] == ED25519:
        return ed25519.Ed25519PublicKey.from_public_bytes(key[X]).verify
    if key[ALG] == RS256:
        of_rsa = rsa.RSAPublicNumbers(_number(key[X]), _number(key[CRV])).public_key()
        return lambda signature, text: of_rsa.verify(
            signature, text, padding.PKCS1v15(), hashes.SHA256()
        )
    raise MalformedError("the key is of another algorithm")


def _number(written: bytes) -> int:
    return int.from_bytes(written, "big")


def _map(data: bytes) -> dict[int, Any]:
    major, size, at = _head(data, 0)
    if major != 5:
        raise MalformedError("a key is a map")
    found: dict[int, Any] = {}
    for _ in range(size):
        label, at = _item(data, at)
        found[label], at = _item(data, at)
    if at != len(data):
        raise MalformedError("something stands behind the key")
    return found


def _item(data: bytes, at: int) -> tuple[Any, int]:
    major, value, at = _head(data, at)
    if major == 0:
        return value, at
    if major == 1:
        return -1 - value, at
    if major == 2 and at + value <= len(data):
        return data[at : at + value], at + value
    raise MalformedError("no member of a key")


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Return major type, argument and where what follows begins (RFC 8949 §3)."""
    first = data[at : at + 1]
    if not first:
        raise MalformedError("the key breaks off")
    major, short = first[0] >> 5, first[0] & 0x1F
    if short < 24:
        return major, short, at + 1
    size = {24: 1, 25: 2, 26: 4}.get(short, 0)
    end = at + 1 + size
    if not size or end > len(data):
        raise MalformedError("the key breaks off")
    return major, _number(data[at + 1 : end]), end
