"""Signing documents that outlive a token: history heads, sealed segments, consent receipts."""

from collections.abc import Iterable, Mapping
from typing import Any

from foundation.base import conf
from foundation.base.keys.authentic import forged
from foundation.base.keys.ring import key_ring
from foundation.base.keys.signing import verify
from scopeward_guard.jose import BadTokenError

ALGORITHM = "ES256"
HEAD_TYP = "history-head+jwt"
SEGMENT_TYP = "history-segment+jwt"
RECEIPT_TYP = "consent-receipt+jwt"


class BadSignatureError(Exception):
    """Not signed by one of the provider's keys, or not as this type of document."""


class DocumentSigner:
    """Signs with the active key, verifies with any that ever was."""

    @property
    def issuer(self) -> str:
        """The provider's issuer identifier."""
        return conf.current().issuer

    def sign(self, payload: Mapping[str, Any], *, typ: str) -> str:
        """Return the compact JWS of a payload; raises `NoSigningKeyError`."""
        return key_ring().signer(ALGORITHM).sign(payload, typ=typ)

    def verify(self, jws: str, *, typ: str) -> dict[str, Any]:
        """Return the payload; raises `BadSignatureError`."""
        try:
            return verify(jws, typ=typ, verifiers=key_ring().lasting_verifiers)
        except BadTokenError as error:
            raise BadSignatureError(str(error)) from error

    def forged_keys(self) -> Iterable[str]:
        """Return the `kid` of every row that was not written with the servers' secret."""
        return (key.kid for key in forged())


def signer() -> DocumentSigner:
    """Return who signs for us, and verifies what was signed."""
    return DocumentSigner()
