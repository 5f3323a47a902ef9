"""No parameter more than once (RFC 6749 §3.1), except `resource` (RFC 8707 §2)."""

from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError


def check_repeated(request: AuthorizationRequest, client: Client) -> None:
    """RFC 6749 §3.1."""
    if request.repeated:
        raise InvalidRequestError("A parameter is repeated.")
