"""Which resource server sent this request."""

from django.http import HttpRequest

from foundation.directory.models import Client
from idp.client_authentication.authenticate import authenticate_client
from idp.errors import UnauthorizedClientError


def resource_server_behind(request: HttpRequest) -> Client:
    """Return the resource server that a request authenticates (RFC 6749 §2.3.1: HTTP Basic).

    Raises `OAuthError`: `invalid_client`, or `unauthorized_client` for a client that is none.
    """
    client = authenticate_client({}, request.META.get("HTTP_AUTHORIZATION", ""))
    if client.is_public or not client.resource_server:
        raise UnauthorizedClientError("The client is not registered as a resource server.")
    return client
