"""`request` and `request_uri` (OIDC Core §6): refused by name."""

from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import RequestNotSupportedError, RequestUriNotSupportedError


def check_request_object(request: AuthorizationRequest, client: Client) -> None:
    """OIDC Core §6.1, §6.2: a request object that is ignored would be a downgrade."""
    if request.request:
        raise RequestNotSupportedError
    if request.request_uri:
        raise RequestUriNotSupportedError
