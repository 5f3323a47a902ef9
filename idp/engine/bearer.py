"""How an access token is presented to the provider itself (RFC 6750 §2)."""

from typing import Any

from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.tokens import TokenBase

from idp.errors import InvalidRequestError


class BearerToken(TokenBase):
    """Reads the one token type there is: those we make come from `idp.tokens.issuing`."""

    def __init__(self, request_validator: Any) -> None:
        self.request_validator = request_validator

    def validate_request(self, request: Request) -> bool:
        """Say whether the request carries a live access token (RFC 6750 §2.1, §2.2)."""
        token = bearer_token(request)
        return bool(self.request_validator.validate_bearer_token(token, request.scopes, request))


def bearer_token(request: Request) -> str:
    """Return the token of the `Authorization` header, else of a POSTed form; "" without one.

    A token in the address is never looked at (RFC 9700 §4.3.2). Raises `InvalidRequestError` when
    there are two (RFC 6750 §2, §3.1).
    """
    in_form = str(dict(request.decoded_body or ()).get("access_token", ""))
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return in_form
    if in_form:
        raise InvalidRequestError("Send the access token once: in the header or in the form.")
    return str(token.strip())
