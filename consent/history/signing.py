"""Who signs for us: the provider's keys, reached through a setting, because they are not ours."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

HEAD_TYP = "history-head+jwt"
SEGMENT_TYP = "history-segment+jwt"
RECEIPT_TYP = "consent-receipt+jwt"


class BadSignatureError(Exception):
    """Not signed by one of the provider's keys, or not as this type of document."""


class Signer(Protocol):
    """Signs documents that outlive a token, and verifies them long after the key was retired."""

    issuer: str
    """The provider's issuer identifier, an URL."""

    def sign(self, payload: Mapping[str, Any], *, typ: str) -> str:
        """Return the compact JWS (RFC 7515) of a payload."""

    def verify(self, jws: str, *, typ: str) -> dict[str, Any]:
        """Return the payload; raise BadSignatureError. Keys that were retired count too."""

    def forged_keys(self) -> Iterable[str]:
        """Return the ids of keys in the database that nobody of ours put there: none counts."""


def signer() -> Signer:
    """Return what the setting DOCUMENT_SIGNER names: a class without arguments."""
    return cast("Signer", import_string(settings.DOCUMENT_SIGNER)())
