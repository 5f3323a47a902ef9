"""`resource` (RFC 8707 §2): absolute URIs that the client is registered for."""

from claims.catalogue.entitlement import audiences_open_to
from foundation.base import conf
from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidTargetError
from idp.errors.base import named


def check_resource(request: AuthorizationRequest, client: Client) -> None:
    """RFC 8707 §2: `invalid_target` for what is malformed, unknown or not for this client."""
    asked = list(request.resource)
    still_open = audiences_open_to(client, asked, conf.current().issuer)
    if beyond := set(asked) - set(still_open):
        raise InvalidTargetError(f"Unknown, or not for this client: {named(beyond)}.")
