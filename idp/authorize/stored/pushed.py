"""Pushed authorization requests (RFC 9126): left here by the client, fetched by the browser.

A `request_uri` may be opened again as long as nobody was answered, so that a person may reload the
page (§4); the answer, be it a code or an error, uses it up.
"""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from foundation.base import conf
from foundation.base.prepared.insert import PreparedInsert
from foundation.base.prepared.objects import PreparedObjects
from foundation.base.secrets import digest, digests
from foundation.directory.models import Client
from foundation.directory.registry import find_client_by_pk
from idp.authorize import pipeline
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError, InvalidRequestUriError, PageError
from idp.models import PushedAuthorizationRequest

PREFIX = "urn:ietf:params:oauth:request_uri:"
"""RFC 9126 §2.2."""
_BY_REFERENCE = PreparedObjects[PushedAuthorizationRequest](
    (str,), lambda reference: PushedAuthorizationRequest.objects.filter(reference=reference)
)
_KEEP = PreparedInsert(
    PushedAuthorizationRequest, "reference", "client", "parameters", "expires_at"
)


def push(request: AuthorizationRequest, client: Client, *, now: datetime) -> tuple[str, int]:
    """Check a request as the authorization endpoint would, and keep it. One statement.

    Returns the `request_uri` and for how many seconds it may be brought. Raises `OAuthError`.
    """
    if request.request_uri:
        raise InvalidRequestError("request_uri has no place in a pushed request (RFC 9126 2.1).")
    request = replace(request, client_id=client.client_id, pushed=True)
    try:
        pipeline.trusted_client(request)
    except PageError as error:
        raise error.error from error
    pipeline.check(request, client)
    request_uri = PREFIX + secrets.token_urlsafe(32)
    lifetime = conf.current().pushed_request_lifetime
    expires_at = now + timedelta(seconds=lifetime)
    _KEEP.insert(digest(request_uri), client.pk, request.as_json(), expires_at)
    return request_uri, lifetime


def fetch(
    request: AuthorizationRequest,
) -> tuple[AuthorizationRequest, PushedAuthorizationRequest | None]:
    """Return the request that a `request_uri` of ours stands for; any other request as it is.

    Only what was pushed counts, nothing beside it in the address (RFC 9126 §4). Raises `PageError`
    for a reference that is unknown or was given to another client. One statement for each pepper
    until it is found.
    """
    if not request.request_uri.startswith(PREFIX):
        return request, None
    if {"client_id", "request_uri"} & set(request.repeated):
        raise PageError(InvalidRequestError("A parameter is repeated."))
    kept = (_BY_REFERENCE.first(made) for made in digests(request.request_uri))
    found = next(filter(None, kept), None)
    client = find_client_by_pk(found.client_id) if found else None
    if found is None or client is None or client.client_id != request.client_id:
        raise PageError(InvalidRequestUriError())
    return AuthorizationRequest.from_json(found.parameters), found


def check_usable(found: PushedAuthorizationRequest | None, *, now: datetime) -> None:
    """Raise `InvalidRequestUriError` when it is too late, or the client was answered (§4, §7.3)."""
    if found is not None and (found.used_at is not None or found.expires_at <= now):
        raise InvalidRequestUriError


def use_up(pk: int, *, now: datetime) -> bool:
    """Use the request up; False when somebody else has just done so."""
    unused = PushedAuthorizationRequest.objects.filter(pk=pk, used_at__isnull=True)
    return unused.update(used_at=now) == 1
