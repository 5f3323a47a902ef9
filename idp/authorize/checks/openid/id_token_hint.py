"""`id_token_hint` (OIDC Core §3.1.2.1): an ID token that this client was given, expired or not."""

from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError
from idp.tokens.hints import read_id_token_hint


def check_id_token_hint(request: AuthorizationRequest, client: Client) -> None:
    """OIDC Core §3.1.2.1: it is about a sign-in to this client; any other names no person.

    Whoever got hold of another client's could ask silently whether that person is here.
    """
    if not request.id_token_hint:
        return
    hint = read_id_token_hint(request.id_token_hint)
    if hint is None or hint.client_id != client.client_id:
        raise InvalidRequestError("The id_token_hint is not an ID token for this client.")
