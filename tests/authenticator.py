"""A passkey in software: it answers what the provider asks for as a browser would pass it on.

Every part of an answer can be made wrong by one argument.
"""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

ORIGIN = "http://localhost:8000"
PRESENT, VERIFIED, BACKUP_ELIGIBLE, ATTESTED = 0x01, 0x04, 0x08, 0x40


@dataclass
class SoftwarePasskey:
    """One credential. `verifies`: it asks for a PIN; `synced`: it is on many devices."""

    verifies: bool = True
    synced: bool = False
    counter: int = 1
    """Of the next answer; 0: it counts nothing."""
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    user_handle: bytes = b""

    def create(self, options: dict[str, Any], *, origin: str = ORIGIN) -> dict[str, Any]:
        """Answer a registration (WebAuthn §6.3.2)."""
        asked = options["publicKey"]
        self.user_handle = websafe_decode(asked["user"]["id"])
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        size = struct.pack(">H", len(self.credential_id))
        attested = bytes(16) + size + self.credential_id + public
        data = self._data(asked["rp"]["id"], ATTESTED) + attested
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": self._said("webauthn.create", asked["challenge"], origin),
            "attestationObject": attestation,
        }
        return self._answer(response, {"credProps": {"rk": True}})

    def get(
        self,
        options: dict[str, Any],
        *,
        origin: str = ORIGIN,
        rp_id: str = "",
        challenge: str = "",
        cross_origin: bool = False,
        signature: bytes = b"",
    ) -> dict[str, Any]:
        """Answer an authentication (WebAuthn §6.3.3)."""
        asked = options["publicKey"]
        data = self._data(rp_id or asked["rpId"])
        said = self._said("webauthn.get", challenge or asked["challenge"], origin, cross_origin)
        signed = data + hashlib.sha256(said).digest()
        response = {
            "clientDataJSON": said,
            "authenticatorData": data,
            "signature": signature or self.key.sign(signed, ec.ECDSA(hashes.SHA256())),
            "userHandle": self.user_handle,
        }
        return self._answer(response, {})

    def _data(self, rp_id: str, more: int = 0) -> bytes:
        flags = PRESENT | more
        flags |= VERIFIED if self.verifies else 0
        flags |= BACKUP_ELIGIBLE if self.synced else 0
        data = hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, self.counter)
        self.counter += 1 if self.counter else 0
        return data

    def _said(self, kind: str, challenge: str, origin: str, cross_origin: bool = False) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": cross_origin}
        return json.dumps(said).encode()

    def _answer(self, response: dict[str, bytes], extensions: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": websafe_encode(self.credential_id),
            "rawId": websafe_encode(self.credential_id),
            "type": "public-key",
            "clientExtensionResults": extensions,
            "response": {name: websafe_encode(value) for name, value in response.items()},
        }
