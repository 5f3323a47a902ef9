"""Characters and lengths: RFC 6749 appendix A knows no control characters in any parameter.

Nor does it know bytes that are no UTF-8, which arrive as U+FFFD.
"""

import re

from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError, PageError

CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffd]")
LONGEST = 8_192
"""Characters; `id_token_hint` is the long one."""


def check_characters(request: AuthorizationRequest, client: Client) -> None:
    """RFC 6749 appendix A: refuse what no parameter can hold; what is long is pushed (RFC 9126)."""
    values = request.text_values
    together = "".join(values)
    if not request.pushed and len(together) > LONGEST:
        raise InvalidRequestError("The request is too large: it has to be pushed (RFC 9126).")
    if len(together) > LONGEST and any(len(value) > LONGEST for value in values):
        raise InvalidRequestError("A parameter is too long.")
    if CONTROL.search(together):
        raise InvalidRequestError("A parameter has control characters or is not UTF-8.")


def check_address_characters(request: AuthorizationRequest) -> None:
    """Refuse the same in what decides where an answer goes, before anything is looked up.

    A `state` that cannot be sent back as it came gets no answer at all (RFC 6749 §4.1.2).
    """
    for value in (request.client_id, request.redirect_uri):
        if len(value) > LONGEST or CONTROL.search(value):
            raise PageError(InvalidRequestError("client_id or redirect_uri is malformed."))
    if "\ufffd" in request.state:
        raise PageError(InvalidRequestError("state is not UTF-8."))
