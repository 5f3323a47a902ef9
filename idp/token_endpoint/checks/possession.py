"""Tokens bound to a key (RFC 9449 §5): a client registered for them gets no others."""

from foundation.directory.models import Client
from idp.errors import InvalidDpopProofError
from idp.token_requests.request import TokenRequest


def check_possession(request: TokenRequest, client: Client) -> None:
    """Refuse a request without a proof where one is registered (§5.2)."""
    if client.dpop_bound_access_tokens and not request.thumbprint:
        raise InvalidDpopProofError("This client's tokens are bound to a key: send a DPoP proof.")
