"""Whether the request had to be pushed (RFC 9126 §5, §6)."""

from foundation.base import conf
from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError


def check_pushed(request: AuthorizationRequest, client: Client) -> None:
    """RFC 9126 §5, §6 `require_pushed_authorization_requests`: of us, or of this client."""
    required = (
        client.require_pushed_authorization_requests
        or conf.current().require_pushed_authorization_requests
    )
    if required and not request.pushed:
        raise InvalidRequestError("This request has to be pushed first (RFC 9126).")
