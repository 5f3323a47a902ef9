"""What is secret and needed again, at rest: JWE under keys of the operator's secret (RFC 7516).

The header says by which key (`kid`, RFC 7516 §4.1.6), so that the secret can be replaced.

One form only, `dir` with A256GCM (RFC 7518 §4.5, §5.3), is written and read: a session is opened
with every page, and a library for every form there is takes thirty times as long for it.
"""

import json
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jwcrypto import jwk
from jwcrypto.jwe import InvalidJWEData

from foundation.base import conf
from foundation.base.keyed import UnknownKeyError
from scopeward_guard.vocabulary import (
    MalformedError,
    decode_base64url,
    encode_base64url,
    parse_object,
)

KEYS = "signing keys"
"""What private signing keys are sealed for; what is sealed for one purpose opens for no other."""
FORM = {"alg": "dir", "enc": "A256GCM"}
NONCE, TAG = 12, 16
"""Bytes (RFC 7518 §5.3)."""
LONGEST_HEADER = 1_000


def seal(key: jwk.JWK) -> str:
    """Return the private JWK as a compact JWE."""
    return sealed(key.export_private().encode(), KEYS)


def unseal(text: str) -> jwk.JWK:
    """Return the private JWK; raises what `unsealed` does."""
    return jwk.JWK.from_json(unsealed(text, KEYS).decode())


def sealed(content: bytes, purpose: str) -> str:
    """Return a compact JWE that opens for this purpose only."""
    ring = conf.current().key_encryption_secret
    header, nonce = _header(ring.key_id), secrets.token_bytes(NONCE)
    # The ciphertext is followed by its tag; what is authenticated beside it is the header (§5.1).
    made = AESGCM(ring.key(purpose)).encrypt(nonce, content, header.encode())
    parts = (nonce, made[:-TAG], made[-TAG:])
    return f"{header}..{'.'.join(map(encode_base64url, parts))}"


def unsealed(text: str, purpose: str) -> bytes:
    """Return what was sealed for a purpose.

    Raises `UnknownKeyError` for a secret that is not known any more, and
    `jwcrypto.common.JWException` for what was changed or sealed for something else.
    """
    header, nonce, ciphertext, tag = _parts(text)
    key = conf.current().key_encryption_secret.key(purpose, _key_id(header) or "none")
    try:
        return AESGCM(key).decrypt(nonce, ciphertext + tag, header.encode())
    except InvalidTag as error:
        raise InvalidJWEData("changed, or sealed for something else") from error


def key_id_of(text: str) -> str:
    """Return the id of the key that sealed; empty when it does not say. Raises `JWException`."""
    return _key_id(_parts(text)[0])


def is_of_an_older_key(text: str) -> bool:
    """Say whether it should be sealed anew. Raises `UnknownKeyError` and `JWException`."""
    return conf.current().key_encryption_secret.age_of(key_id_of(text)) > 0


@lru_cache(maxsize=16)
def _header(key_id: str) -> str:
    return encode_base64url(json.dumps({**FORM, "kid": key_id}).encode())


def _parts(text: str) -> tuple[str, bytes, bytes, bytes]:
    """Return header, nonce, ciphertext and tag of a JWE in our form (RFC 7516 §3.1, §7.1)."""
    try:
        header, wrapped_key, *encoded = text.split(".")
        nonce, ciphertext, tag = map(decode_base64url, encoded)
    except (ValueError, MalformedError) as error:
        raise InvalidJWEData("not in five parts") from error
    if wrapped_key or len(nonce) != NONCE or len(tag) != TAG:
        raise InvalidJWEData("not sealed like this")
    return header, nonce, ciphertext, tag


@lru_cache(maxsize=64)
def _key_id(header: str) -> str:
    try:
        said = parse_object(decode_base64url(header), max_bytes=LONGEST_HEADER)
    except MalformedError as error:
        raise InvalidJWEData("no header") from error
    if {name: said.get(name) for name in FORM} != FORM or not said.keys() <= {*FORM, "kid"}:
        raise InvalidJWEData("sealed in another form")
    return str(said.get("kid", ""))


__all__ = [
    "UnknownKeyError",
    "is_of_an_older_key",
    "key_id_of",
    "seal",
    "sealed",
    "unseal",
    "unsealed",
]
