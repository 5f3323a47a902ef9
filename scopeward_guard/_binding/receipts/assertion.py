"""A passkey's signature under a statement: whether it is one (WebAuthn §7.2).

The challenge is the SHA-256 of the statement in canonical JSON; so nobody can have it signed
something else, or have said something else by it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scopeward_guard._base.errors import MalformedError
from scopeward_guard._base.strict_json import decode_base64url, encode_base64url
from scopeward_guard._binding.digest import canonical
from scopeward_guard._binding.receipts.cose import is_signed

USER_PRESENT, USER_VERIFIED = 0x01, 0x04
"""Bits of the flags (WebAuthn §6.1)."""
FLAGS_AT = 32
"""Behind the digest of the RP ID."""
SHORTEST = 37


@dataclass(frozen=True)
class Assertion:
    """What a passkey answered, and the public key that it was registered with."""

    credential_id: bytes
    public_key: bytes
    """COSE, as it was registered."""
    authenticator_data: bytes
    client_data: bytes
    signature: bytes

    @property
    def fingerprint(self) -> str:
        """Names the key: SHA-256, hexadecimal, of the COSE key and the credential's id."""
        return fingerprint_of(self.public_key, self.credential_id)

    def as_json(self) -> dict[str, str]:
        """Return its parts in base64url, under the names of WebAuthn's JSON."""
        return {
            "credentialId": encode_base64url(self.credential_id),
            "publicKey": encode_base64url(self.public_key),
            "authenticatorData": encode_base64url(self.authenticator_data),
            "clientDataJSON": encode_base64url(self.client_data),
            "signature": encode_base64url(self.signature),
        }

    @classmethod
    def of_json(cls, said: Mapping[str, str]) -> "Assertion":
        """Undo `as_json`. Raises `MalformedError`."""
        names = ("credentialId", "publicKey", "authenticatorData", "clientDataJSON", "signature")
        try:
            found = cls(*(decode_base64url(said[name]) for name in names))
        except (KeyError, TypeError, ValueError) as error:
            raise MalformedError("a part of the signature is missing") from error
        if found.as_json() != said:
            raise MalformedError("a part of the signature is written in another way")
        return found


def fingerprint_of(public_key: bytes, credential_id: bytes) -> str:
    """Return what names a key: SHA-256, hexadecimal, of the COSE key and the credential's id."""
    return hashlib.sha256(public_key + credential_id).hexdigest()


def challenge_of(statement: Mapping[str, Any]) -> bytes:
    """Return what a passkey signs for a statement. Raises `MalformedError`."""
    return hashlib.sha256(canonical(statement)).digest()


def flaw_of(assertion: Assertion, statement: Mapping[str, Any], issuer: str) -> str:
    """Return what is wrong with a signature under a statement, empty for nothing.

    `issuer` is the provider on whose pages it was given: a passkey names it in what it signs.
    """
    address, data = urlsplit(issuer), assertion.authenticator_data
    try:
        said = json.loads(assertion.client_data)
        kind, origin, challenge = said["type"], said["origin"], decode_base64url(said["challenge"])
        signed = data + hashlib.sha256(assertion.client_data).digest()
        is_by_key = is_signed(assertion.public_key, assertion.signature, signed)
        is_of_statement = challenge == challenge_of(statement)
    except (ValueError, KeyError, TypeError, MalformedError):
        return "it cannot be read"
    rp_id = hashlib.sha256((address.hostname or "").encode()).digest()
    flags = data[FLAGS_AT] if len(data) >= SHORTEST else 0
    checks = {
        "it is not by this key": is_by_key,
        "it is under another statement": is_of_statement,
        "it is no answer of a passkey": kind == "webauthn.get" and bool(flags & USER_PRESENT),
        "it was given on a page of somebody else": origin == f"{address.scheme}://{address.netloc}"
        and said.get("crossOrigin") in {None, False},
        "it was given to another site": data[:FLAGS_AT] == rp_id,
        "the passkey did not verify who used it": bool(flags & USER_VERIFIED),
    }
    return next((flaw for flaw, is_so in checks.items() if not is_so), "")
