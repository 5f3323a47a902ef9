"""`client_id` (RFC 6749 §4.1.1): known and active, else no redirect can be trusted."""

from foundation.directory.models import Client
from foundation.directory.models.client_choices import GrantType
from foundation.directory.registry import find_client
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError, PageError, UnauthorizedClientError


def check_client(request: AuthorizationRequest) -> Client:
    """RFC 6749 §4.1.2.1: an unknown client is told to the person, not redirected to."""
    if "client_id" in request.repeated:
        raise PageError(InvalidRequestError("client_id is repeated."))
    client = find_client(request.client_id)
    if client is None:
        raise PageError(InvalidRequestError("The client_id is unknown."))
    return client


def check_client_may_use_codes(request: AuthorizationRequest, client: Client) -> None:
    """RFC 6749 §4.1.2.1 `unauthorized_client`."""
    if not client.allows_grant_type(GrantType.AUTHORIZATION_CODE):
        raise UnauthorizedClientError("The client is not registered for the code flow.")
