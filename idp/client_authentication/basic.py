"""client_secret_basic: HTTP Basic with form-urlencoded id and secret (RFC 6749 §2.3.1)."""

import base64
import binascii
from urllib.parse import unquote_plus

from idp.errors import InvalidClientError


def read_basic(authorization: str) -> tuple[str, str]:
    """Return client id and secret from an `Authorization` header; raises `InvalidClientError`."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClientError
    try:
        decoded = base64.b64decode(value.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise InvalidClientError from error
    client_id, colon, secret = decoded.partition(":")
    if not colon:
        raise InvalidClientError
    return unquote_plus(client_id), unquote_plus(secret)
