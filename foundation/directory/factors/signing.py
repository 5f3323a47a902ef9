"""A passkey's answer as the signature of its person under a digest (WebAuthn §7.2)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from fido2.utils import websafe_decode
from fido2.webauthn import UserVerificationRequirement

from foundation.directory.factors.passkeys import answered, credentials_of
from foundation.directory.factors.relying_party import server
from scopeward_guard.jose import Assertion, fingerprint_of


@dataclass(frozen=True, slots=True)
class PasskeySignature:
    """A passkey signed one of several digests, having verified whose it is."""

    challenge: bytes
    assertion: Assertion


def options_to_sign(person: UUID, challenge: bytes) -> dict[str, Any]:
    """Return PublicKeyCredentialRequestOptions as JSON for somebody (by key) to sign a digest."""
    options, _ = server().authenticate_begin(
        credentials=credentials_of(person, answering=True),
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=challenge,
    )
    return dict(options)


def sign(person: UUID, response: Mapping[str, Any], digests: Collection[bytes]) -> PasskeySignature:
    """Take a passkey's answer as the signature of somebody (by key) under one of the digests.

    How often it may be given is for whoever counts it. Raises `RefusedAnswerError`, and
    `CopiedKeyError`.
    """
    factor, given = answered(person, response, digests.__contains__, is_verified=True)
    said = given.response
    assertion = Assertion(
        given.raw_id,
        public_key_of(factor),
        bytes(said.authenticator_data),
        bytes(said.client_data),
        said.signature,
    )
    return PasskeySignature(said.client_data.challenge, assertion)


def public_key_of(factor: Authenticator) -> bytes:
    """Return the COSE key as it was registered (WebAuthn §6.5.2)."""
    kept = websafe_decode(factor.data["credential"])
    length_at, id_at = 16, 18
    return kept[id_at + int.from_bytes(kept[length_at:id_at], "big") :]


def fingerprint(factor: Authenticator) -> str:
    """Return what names a key in acts and under approvals."""
    return fingerprint_of(public_key_of(factor), websafe_decode(factor.data["credential_id"]))
