"""`code_challenge` (RFC 7636 §4.3) and the `nonce` that may stand in for it (OAuth 2.1 §7.5.1)."""

from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError
from idp.protocol import pkce


def check_pkce(request: AuthorizationRequest, client: Client) -> None:
    """RFC 7636 §4.4.1; `plain`, also by omission, is refused (RFC 9700 §2.1.1)."""
    if client.needs_nonce and request.is_openid and not request.nonce:
        raise InvalidRequestError("nonce is missing: this client is registered to send one.")
    if not request.code_challenge:
        _check_its_absence(request, client)
        return
    if request.code_challenge_method != pkce.METHOD:
        raise InvalidRequestError("The code_challenge_method must be S256.")
    if not pkce.is_challenge(request.code_challenge):
        raise InvalidRequestError("The code_challenge is not one of S256.")


def _check_its_absence(request: AuthorizationRequest, client: Client) -> None:
    """Name the client's setting: libraries show these sentences to whoever sets one up."""
    if request.code_challenge_method:
        raise InvalidRequestError("code_challenge is missing.")
    if client.needs_pkce:
        raise InvalidRequestError("code_challenge is missing: this client has to use PKCE (S256).")
    if client.needs_pkce_or_nonce and not (request.is_openid and request.nonce):
        raise InvalidRequestError(
            "code_challenge is missing: this client has to use PKCE (S256), or to send a nonce "
            "with the scope openid. Switch PKCE on in the client."
        )
