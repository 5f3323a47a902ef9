"""Whom an access token is for (RFC 8707 §2.2): one resource, named or usual."""

from collections.abc import Collection, Iterable

from claims.catalogue.entitlement import audiences_open_to
from foundation.base import conf
from foundation.directory.models import Client
from foundation.directory.resources import registered_spelling
from idp.errors import InvalidTargetError
from idp.errors.base import named
from idp.grant_management import API_SCOPES
from idp.token_requests.request import TokenRequest
from idp.tokens.single_use import SingleUseTerms


def audience_for(request: TokenRequest, *, permitted: Iterable[str], default: str) -> str:
    """Return the one audience of the access token (RFC 8707 §2.2); raises `InvalidTargetError`."""
    if not request.resource:
        return default
    if len(request.resource) > 1:
        raise InvalidTargetError("An access token is for one resource; ask once for each.")
    resource = registered_spelling(request.resource[0])
    if resource not in permitted:
        raise InvalidTargetError(f"Unknown, or not for this client: {named([resource])}.")
    return resource


def audience_within(
    request: TokenRequest,
    client: Client,
    *,
    granted: list[str],
    scopes: Collection[str],
    terms: SingleUseTerms,
) -> str:
    """Return the audience within what was granted, and what approved details demand of it.

    `granted` are the resources of the authorization request. RFC 9396 §2.2: details say by
    `locations` whom their token is for. Raises `InvalidTargetError`.
    """
    permitted, default = targets(client, granted, scopes)
    if terms.are_for_one_use:
        permitted = [terms.audience]
    default = terms.audience if terms.audience in permitted else default
    return audience_for(request, permitted=permitted, default=default)


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
