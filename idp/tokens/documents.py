"""Signing documents that outlive a token: history heads, sealed segments, consent receipts."""

from collections.abc import Iterable, Mapping
from typing import Any

from consent.history.signing import BadSignatureError
from idp import conf
from idp.tokens.authentic import forged
from idp.tokens.keys import key_ring
from idp.tokens.signing import BadTokenError, verify

ALGORITHM = "ES256"


class DocumentSigner:
    """What the setting DOCUMENT_SIGNER names: signs with the active key, verifies with any ever."""

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
