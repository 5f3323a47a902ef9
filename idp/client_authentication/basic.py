"""client_secret_basic: HTTP Basic with form-urlencoded id and secret (RFC 6749 §2.3.1)."""

import base64
from urllib.parse import unquote_plus

from idp.errors import InvalidClientError


def read_basic(authorization: str) -> tuple[str, str]:
    """Return client id and secret from an `Authorization` header; raises `InvalidClientError`."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClientError
    try:
        decoded = base64.b64decode(value.strip(), validate=True).decode("utf-8")
    except ValueError as error:  # not ASCII, not base64, not UTF-8
        raise InvalidClientError from error
    client_id, colon, secret = decoded.partition(":")
    if not colon:
        raise InvalidClientError
    return unquote_plus(client_id), unquote_plus(secret)
