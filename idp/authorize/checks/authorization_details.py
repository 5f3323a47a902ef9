"""`authorization_details` (RFC 9396 §2): only types, members and values that are foreseen."""

from claims.catalogue import details
from claims.catalogue.details import Detail, InvalidDetailsError
from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidAuthorizationDetailsError


def check_authorization_details(request: AuthorizationRequest, client: Client) -> None:
    """RFC 9396 §5: refuse what no person could be asked about, or no token hold."""
    asked = requested_details(request, client)
    audiences = {audience for detail in asked for audience in detail.audiences}
    if request.resource and not audiences <= set(request.resource):
        raise InvalidAuthorizationDetailsError("A location is not among the resources asked for.")
    if len(audiences) > 1 and any(detail.type.single_use for detail in asked):
        raise InvalidAuthorizationDetailsError(
            "Details that are good for one use go into one token, so they need the same location."
        )
    together = audiences.intersection(*(detail.audiences for detail in asked))
    if asked and not together and "offline_access" not in request.scopes:
        # Each location takes a token of its own, and without refreshing there is one.
        raise InvalidAuthorizationDetailsError(
            "Details without a location in common take several tokens, so they need the scope "
            "offline_access."
        )


def requested_details(request: AuthorizationRequest, client: Client) -> tuple[Detail, ...]:
    """Return what is asked for; raises `InvalidAuthorizationDetailsError`."""
    if not request.authorization_details:
        return ()
    try:
        return details.validate(details.read(request.authorization_details), client)
    except InvalidDetailsError as error:
        raise InvalidAuthorizationDetailsError(str(error)) from error
