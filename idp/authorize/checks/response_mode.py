"""`response_mode` (OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode §2)."""

from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError

RESPONSE_MODES = ("query", "form_post")


def check_response_mode(request: AuthorizationRequest, client: Client) -> None:
    """OAuth 2.0 Multiple Response Types §2.1: only what metadata offers."""
    if request.response_mode and request.response_mode not in RESPONSE_MODES:
        raise InvalidRequestError("The response_mode must be query or form_post.")
