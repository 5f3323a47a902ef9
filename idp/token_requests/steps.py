"""Steps that all grant types share."""

from collections.abc import Collection, Iterable
from datetime import datetime

from oauthlib.common import Request

from claims.catalogue.entitlement import audiences_open_to
from claims.catalogue.scopes import find
from foundation.base import conf
from foundation.directory.models import Client
from foundation.directory.resources import registered_spelling
from idp.client_authentication.authenticate import authenticate_client
from idp.errors import (
    InvalidRequestError,
    InvalidScopeError,
    InvalidTargetError,
    UnauthorizedClientError,
)
from idp.errors.base import named
from idp.grant_management import API_SCOPES


def form_of(request: Request) -> dict[str, str]:
    """Return the form's parameters; of a repeated `resource`, the last."""
    return dict(request.decoded_body or ())


def authenticated_client(request: Request) -> Client:
    """Return the client that sent the request; raises `InvalidClientError`."""
    client = authenticate_client(form_of(request), request.headers.get("Authorization", ""))
    request.client, request.client_id = client, client.client_id
    return client


def client_for(request: Request, grant_type: str) -> Client:
    """Authenticate the client and check that it is registered for the grant type (§5.2)."""
    client = authenticated_client(request)
    if not client.allows_grant_type(grant_type):
        raise UnauthorizedClientError("The client is not registered for this grant type.")
    return client


def required(request: Request, name: str) -> str:
    """Return a parameter that must be there; an empty one counts as absent (RFC 6749 §3.1)."""
    value = form_of(request).get(name, "")
    if not value:
        raise InvalidRequestError(f"{name} is missing.")
    return value


def arrival_of(request: Request) -> datetime:
    """Return when the request reached us, before it waited for anything."""
    arrived_at: datetime = request.arrived_at
    return arrived_at


def audience_for(request: Request, *, permitted: Iterable[str], default: str) -> str:
    """Return the one audience of the access token (RFC 8707 §2.2); raises `InvalidTargetError`."""
    pairs: list[tuple[str, str]] = request.decoded_body or []
    asked = [value for name, value in pairs if name == "resource" and value]
    if not asked:
        return default
    if len(asked) > 1:
        raise InvalidTargetError("An access token is for one resource; ask once for each.")
    resource = registered_spelling(asked[0])
    if resource not in permitted:
        raise InvalidTargetError(f"Unknown, or not for this client: {named([resource])}.")
    return resource


def targets(client: Client, granted: list[str], scopes: Collection[str]) -> tuple[list[str], str]:
    """Return the audiences a grant may be used for, and the one used when none is asked for.

    With resources in the authorization request, only those of them that are still open to the
    client; raises `InvalidTargetError` when none is. Otherwise any that the client is
    registered for, and the provider itself, whose userinfo endpoint OpenID clients expect to call.
    A client that wants to manage its grants and nothing else means the provider.
    """
    issuer = conf.current().issuer
    if granted:
        open_ones = audiences_open_to(client, granted, issuer)
        if not open_ones:
            raise InvalidTargetError("The resource is not for this client any more.")
        return open_ones, open_ones[0]
    if "openid" in scopes or not client.resources or (scopes and set(scopes) <= API_SCOPES):
        return [issuer, *client.resources], issuer
    return [issuer, *client.resources], client.resources[0]


def scopes_for(audience: str, scopes: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes that concern an audience: those of other resource servers are left out."""
    issuer = conf.current().issuer
    return tuple(
        name
        for name in scopes
        if (entry := find(name))
        and entry.resource_server in {"", audience}
        and (name not in API_SCOPES or audience == issuer)
    )


def narrowed(request: Request, held: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes asked for, all of which must be held (RFC 6749 §6)."""
    held = tuple(held)
    asked = tuple(dict.fromkeys(form_of(request).get("scope", "").split()))
    if not asked:
        return held
    if beyond := set(asked) - set(held):
        raise InvalidScopeError(f"Not part of what was granted: {named(beyond)}.")
    return tuple(scope for scope in held if scope in asked)
