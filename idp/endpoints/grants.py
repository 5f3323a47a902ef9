"""The grant endpoint (Grant Management for OAuth 2.0 §6): a client reads or gives back a grant."""

from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from consent.grants.selectors import grant_held_by
from consent.grants.services import revoke_grant
from foundation.base import conf
from foundation.directory.models import Client
from foundation.journal.context import BY_THE_CLIENT
from idp.errors import InsufficientScopeError, InvalidGrantIdError, InvalidTokenError, OAuthError
from idp.grant_management import QUERY_SCOPE, REVOKE_SCOPE
from idp.possession.presented import check_possession
from idp.protocol.paths import GRANTS
from idp.tokens.access import read_access_token
from idp.tokens.grant_status import describe_grant
from idp.web.answers import refuse
from idp.web.parameters import authorization_of, presented_token

if TYPE_CHECKING:
    from consent.models import Grant

SCOPE_OF_METHOD = {"GET": QUERY_SCOPE, "DELETE": REVOKE_SCOPE}
"""§6.1."""


def grants(request: HttpRequest) -> HttpResponse:
    """Describe a grant of the asking client (§6.4), or revoke it (§6.5)."""
    needed = SCOPE_OF_METHOD.get(request.method or "")
    if needed is None:
        return HttpResponseNotAllowed(SCOPE_OF_METHOD)
    try:
        client = _asking_client(request, needed)
        grant = _grant(request, client)
        if request.method == "GET":
            return _kept_by_nobody(JsonResponse(describe_grant(grant)))
        if not revoke_grant(grant, context=BY_THE_CLIENT):
            raise InvalidGrantIdError
    except OAuthError as error:
        return refuse(error)
    return _kept_by_nobody(HttpResponse(status=HTTPStatus.NO_CONTENT))


def _asking_client(request: HttpRequest, needed: str) -> Client:
    """Return the client whose own token this is (§6.1); raises `OAuthError` (RFC 6750 §3.1).

    The scope counts only as long as the client is registered for it.
    """
    token = presented_token({}, authorization_of(request))
    presented = read_access_token(token.text) if token.text else None
    if presented is None or presented.payload["aud"] != conf.current().issuer:
        raise InvalidTokenError
    check_possession(request, token, presented.payload, path=request.path_info)
    held = set(presented.scopes) & presented.client.scopes
    if presented.subject is not None or presented.client.is_public or needed not in held:
        raise InsufficientScopeError(f"The access token lacks the scope {needed}.", needed=needed)
    return presented.client


def _grant(request: HttpRequest, client: Client) -> "Grant":
    """Return a standing grant of this client; another client's looks like none (§6.6)."""
    grant_id = request.path_info.removeprefix(f"{GRANTS}/")
    try:
        grant = grant_held_by(client, UUID(grant_id))
    except ValueError:
        grant = None
    if grant is None or str(grant.pk) != grant_id:
        raise InvalidGrantIdError
    return grant


def _kept_by_nobody(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
