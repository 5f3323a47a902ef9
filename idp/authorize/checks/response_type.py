"""`response_type` (RFC 6749 §3.1.1): code, and no other (RFC 9700 §2.1.2)."""

from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError, UnsupportedResponseTypeError


def check_response_type(request: AuthorizationRequest, client: Client) -> None:
    """RFC 6749 §3.1.1, §4.1.2.1."""
    if not request.response_type:
        raise InvalidRequestError("response_type is missing.")
    if request.response_type != "code":
        raise UnsupportedResponseTypeError
