"""The authorization details of a token request (RFC 9396 §6): never more than was approved."""

from collections.abc import Iterable, Mapping
from typing import Any

from claims.catalogue import details
from claims.catalogue.details import Detail, InvalidDetailsError
from claims.catalogue.entitlement import details_open_to
from foundation.directory.models import Client
from idp.errors import InvalidAuthorizationDetailsError
from idp.token_requests.request import TokenRequest

Held = Iterable[Mapping[str, Any]]


def requested_details(request: TokenRequest, client: Client) -> tuple[Detail, ...] | None:
    """Return the details that are asked for, None without the parameter.

    Raises `InvalidAuthorizationDetailsError` (§6.2) for what is malformed.
    """
    text = request.form.get("authorization_details", "")
    if not text:
        return None
    try:
        return details.validate(details.read(text), client)
    except InvalidDetailsError as error:
        raise InvalidAuthorizationDetailsError(str(error)) from error


def within(requested: Iterable[Detail], held: Held) -> list[dict[str, Any]]:
    """Return what is asked for of what is held; raises `InvalidAuthorizationDetailsError`."""
    try:
        return details.narrowed(requested, held)
    except InvalidDetailsError as error:
        raise InvalidAuthorizationDetailsError(str(error)) from error


def narrowed_details(request: TokenRequest, client: Client, held: Held) -> list[dict[str, Any]]:
    """Return the held details that are open to the client, or of them what is asked for.

    Raises `InvalidAuthorizationDetailsError` (§6.2) for what is malformed or not held.
    """
    held = details_open_to(client, held)
    requested = requested_details(request, client)
    return [dict(each) for each in held] if requested is None else within(requested, held)


def refuse_details(request: TokenRequest) -> None:
    """Refuse details where no person has approved anything."""
    if "authorization_details" in request.form:
        raise InvalidAuthorizationDetailsError("Only a person can approve authorization details.")
