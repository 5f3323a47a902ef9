"""`code_challenge` (RFC 7636 §4.3): S256, required for public clients and as registered."""

from idp import pkce
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError
from idp.models import Client


def check_pkce(request: AuthorizationRequest, client: Client) -> None:
    """RFC 7636 §4.4.1; `plain`, also by omission, is refused (RFC 9700 §2.1.1)."""
    if not request.code_challenge:
        if request.code_challenge_method:
            raise InvalidRequestError("code_challenge is missing.")
        if client.needs_pkce:
            raise InvalidRequestError("code_challenge is missing: this client has to use PKCE.")
        return
    if request.code_challenge_method != pkce.METHOD:
        raise InvalidRequestError("The code_challenge_method must be S256.")
    if not pkce.is_challenge(request.code_challenge):
        raise InvalidRequestError("The code_challenge is not one of S256.")
