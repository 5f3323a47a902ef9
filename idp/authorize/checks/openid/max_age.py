"""`max_age` (OIDC Core §3.1.2.1): whole seconds."""

from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError

LONGEST_DIGITS = 18


def check_max_age(request: AuthorizationRequest, client: Client) -> None:
    """OIDC Core §3.1.2.1."""
    value = request.max_age
    if value and not (value.isascii() and value.isdigit() and len(value) <= LONGEST_DIGITS):
        raise InvalidRequestError("max_age must be a whole number of seconds.")
