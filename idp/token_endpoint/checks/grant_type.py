"""The client is registered for the grant type (RFC 6749 §5.2)."""

from foundation.directory.models import Client
from idp.errors import UnauthorizedClientError
from idp.token_requests.request import TokenRequest


def check_grant_type(request: TokenRequest, client: Client) -> None:
    """Raise `UnauthorizedClientError` for a grant type that the client is not registered for."""
    if not client.allows_grant_type(request.grant_type):
        raise UnauthorizedClientError("The client is not registered for this grant type.")
