"""Characters and lengths: RFC 6749 appendix A knows no control characters in any parameter."""

import re

from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError, PageError
from idp.models import Client

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
LONGEST = 8_192
"""Characters; `claims` and `id_token_hint` are the long ones."""


def check_characters(request: AuthorizationRequest, client: Client) -> None:
    """RFC 6749 appendix A: refuse what no parameter can hold."""
    for value in request.text_values:
        if len(value) > LONGEST:
            raise InvalidRequestError("A parameter is too long.")
        if CONTROL.search(value):
            raise InvalidRequestError("A parameter has control characters.")


def check_address_characters(request: AuthorizationRequest) -> None:
    """Refuse the same in what decides where an answer goes, before anything is looked up."""
    for value in (request.client_id, request.redirect_uri):
        if len(value) > LONGEST or CONTROL.search(value):
            raise PageError(InvalidRequestError("client_id or redirect_uri is malformed."))
