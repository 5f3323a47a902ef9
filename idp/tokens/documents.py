"""Signing documents that outlive a token: history heads, sealed segments, consent receipts."""

from collections.abc import Mapping
from typing import Any

from jwcrypto import jwk

from consent.history.signing import BadSignatureError
from idp import conf
from idp.models import SigningKey
from idp.tokens.keys import key_ring
from idp.tokens.signing import BadTokenError, Verifier, verify

ALGORITHM = "ES256"


class DocumentSigner:
    """What the setting DOCUMENT_SIGNER names: signs with the active key, verifies with any ever.

    The public half of a retired key stays in the table, so that old documents can be verified.
    """

    def __init__(self) -> None:
        self._verifiers: dict[str, Verifier] = {}

    @property
    def issuer(self) -> str:
        """The provider's issuer identifier."""
        return conf.current().issuer

    def sign(self, payload: Mapping[str, Any], *, typ: str) -> str:
        """Return the compact JWS of a payload; raises `NoSigningKeyError`."""
        return key_ring().signer(ALGORITHM).sign(payload, typ=typ)

    def verify(self, jws: str, *, typ: str) -> dict[str, Any]:
        """Return the payload; raises `BadSignatureError`."""
        if not self._verifiers:
            self._verifiers = {
                row.kid: Verifier.from_jwk(jwk.JWK(**row.public_jwk), algorithm=row.algorithm)
                for row in SigningKey.objects.all()
            }
        try:
            return verify(jws, typ=typ, verifiers=self._verifiers)
        except BadTokenError as error:
            raise BadSignatureError(str(error)) from error
