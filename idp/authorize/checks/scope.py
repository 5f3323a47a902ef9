"""`scope` (RFC 6749 §3.3, OIDC Core §3.1.2.1)."""

from claims.catalogue.entitlement import entries_open_to
from claims.catalogue.scopes import found
from consent.grants.single_claims import requested
from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidScopeError
from idp.errors.base import named


def check_scope(request: AuthorizationRequest, client: Client) -> None:
    """RFC 6749 §4.1.2.1: something must be asked for, and all that we know be the client's.

    Scopes that we do not know are ignored (OIDC Core §3.1.2.1), and so are those that are only for
    clients acting for themselves. Authorization details may be all that is asked for (RFC 9396
    §3.1).
    """
    known = [entry for entry in found(request.scopes) if not entry.is_for_clients]
    if not known and not request.authorization_details:
        raise InvalidScopeError(_nothing_known(request, client))
    if beyond := {entry.template for entry in known} - client.scopes:
        raise InvalidScopeError(f"Not registered for this client: {named(beyond)}.")


def effective_scopes(request: AuthorizationRequest, client: Client) -> tuple[str, ...]:
    """Return the scopes that the person is asked about: those open to the client at this moment.

    `offline_access` is ignored for a client that may not use refresh tokens (OIDC Core §11).
    """
    open_ones = entries_open_to(client, found(request.scopes))
    return tuple(entry.name for entry in open_ones if entry.is_for_people)


def scopes_touched(request: AuthorizationRequest, client: Client) -> tuple[str, ...]:
    """Return those scopes, and the ones of which single claims are asked for (OIDC Core §5.5)."""
    scopes = effective_scopes(request, client)
    singly = requested(request.requested_claims, client, scopes)
    return tuple(dict.fromkeys([*scopes, *(entry.scope for entry in singly)]))


def refuse_when_no_scope_is_left(request: AuthorizationRequest, client: Client) -> None:
    """RFC 6749 §4.1.2.1: a request that has waited is answered with what is still the client's.

    Only when that is nothing at all the client is refused.
    """
    if not effective_scopes(request, client) and not request.authorization_details:
        raise InvalidScopeError("No scope of the request is registered for this client any more.")


def _nothing_known(request: AuthorizationRequest, client: Client) -> str:
    may_ask = f"This client may ask for: {named(client.scopes) or 'nothing'}."
    if not request.scopes:
        return f"scope is missing. {may_ask}"
    return f"No scope of this provider: {named(request.scopes)}. {may_ask}"
