"""`dpop_jkt` (RFC 9449 §10): the key that the code will be bound to."""

import re

from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError

THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")


def check_dpop_jkt(request: AuthorizationRequest, client: Client) -> None:
    """Refuse what is no SHA-256 thumbprint in base64url (RFC 7638 §3)."""
    if request.dpop_jkt and not THUMBPRINT.fullmatch(request.dpop_jkt):
        raise InvalidRequestError("dpop_jkt is not the SHA-256 thumbprint of a key.")
