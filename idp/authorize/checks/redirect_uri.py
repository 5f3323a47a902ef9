"""`redirect_uri` (OIDC Core §3.1.2.1, RFC 9700 §2.1): exactly one of those registered."""

from foundation.directory.models import Client
from foundation.directory.redirects import is_registered
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError, PageError


def check_redirect_uri(request: AuthorizationRequest, client: Client) -> None:
    """RFC 6749 §4.1.2.1: never redirect to what is not registered."""
    if "redirect_uri" in request.repeated:
        raise PageError(InvalidRequestError("redirect_uri is repeated."))
    if not request.redirect_uri:
        raise PageError(InvalidRequestError("redirect_uri is missing."))
    if not is_registered(request.redirect_uri, client.redirect_uris.split()):
        raise PageError(InvalidRequestError("The redirect_uri is not registered."))
