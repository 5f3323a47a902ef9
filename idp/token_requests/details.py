"""The authorization details of a token request (RFC 9396 §6): never more than was approved."""

from collections.abc import Iterable, Mapping
from typing import Any

from oauthlib.common import Request

from claims.catalogue import details
from claims.catalogue.details import InvalidDetailsError
from claims.catalogue.entitlement import details_open_to
from idp.errors import InvalidAuthorizationDetailsError
from idp.token_requests.steps import form_of

Held = Iterable[Mapping[str, Any]]


def narrowed_details(request: Request, held: Held) -> list[dict[str, Any]]:
    """Return the held details that are open to the client, or of them what is asked for.

    Raises `InvalidAuthorizationDetailsError` (§6.2) for what is malformed or not held.
    """
    held = details_open_to(request.client, held)
    text = form_of(request).get("authorization_details", "")
    if not text:
        return [dict(detail) for detail in held]
    try:
        asked = details.validate(details.read(text), request.client)
        return details.narrowed(asked, held)
    except InvalidDetailsError as error:
        raise InvalidAuthorizationDetailsError(str(error)) from error


def refuse_details(request: Request) -> None:
    """Refuse details where no person has approved anything."""
    if "authorization_details" in form_of(request):
        raise InvalidAuthorizationDetailsError("Only a person can approve authorization details.")
