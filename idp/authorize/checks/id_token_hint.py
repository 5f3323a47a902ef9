"""`id_token_hint` (OIDC Core §3.1.2.1): an ID token of ours, expired or not."""

from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError
from idp.models import Client
from idp.tokens.hints import read_id_token_hint


def check_id_token_hint(request: AuthorizationRequest, client: Client) -> None:
    """OIDC Core §3.1.2.1: a hint that we did not sign is an error, not a person."""
    if request.id_token_hint and read_id_token_hint(request.id_token_hint) is None:
        raise InvalidRequestError("The id_token_hint is not an ID token of this provider.")
