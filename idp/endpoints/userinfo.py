"""The userinfo endpoint (OIDC Core §5.3): GET or POST, token in the header or the form."""

import json
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import View

from foundation.base import conf
from idp.errors import InsufficientScopeError, InvalidTokenError, OAuthError
from idp.possession.presented import check_possession
from idp.protocol.paths import USERINFO
from idp.tokens.access import read_access_token
from idp.tokens.payloads import userinfo_payload
from idp.tokens.presented import PresentedToken
from idp.web.answers import ProgramEndpoint, kept_by_nobody, refuse
from idp.web.parameters import authorization_of, presented_token, read_form

INTERACTION_ID = "x-fapi-interaction-id"


class UserInfoEndpoint(ProgramEndpoint, View):
    """Tell an application what the grant behind its token lets it know of the person."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, an error too, under the id by which both sides' logs know the call."""
        response = super().dispatch(request, *args, **kwargs)
        response[INTERACTION_ID] = interaction_id(request.META.get("HTTP_X_FAPI_INTERACTION_ID"))
        return response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the claims that the token's grant releases (§5.3.2)."""
        try:
            claims = _claims(request)
        except OAuthError as error:
            return refuse(error)
        return kept_by_nobody(json.dumps(claims))

    post = get


def _claims(request: HttpRequest) -> dict[str, Any]:
    presented = _presented(request)
    subject = presented.subject
    if subject is None or "openid" not in presented.scopes:
        raise InsufficientScopeError("The access token lacks the scope openid.")  # RFC 6750 §3.1
    return userinfo_payload(
        presented.client,
        subject,
        {entry.template for entry in presented.entries},
        presented.requested_claims,
        presented.withheld,
        presented.single_claims,
    )


def _presented(request: HttpRequest) -> PresentedToken:
    """Return the token, if it is for the provider itself; raises `BearerError`."""
    token = presented_token(dict(read_form(request)), authorization_of(request))
    if not token.text:
        raise InvalidTokenError("An access token is needed.", missing=True)
    presented = read_access_token(token.text)
    if presented is None or presented.payload["aud"] != conf.current().issuer:
        raise InvalidTokenError
    check_possession(request, token, presented.payload, path=USERINFO)
    return presented


def interaction_id(given: str | None) -> str:
    """FAPI 1.0 Part 1 §6.2.1-11: return the id that came, a new one when that was no UUID."""
    if not given:
        return str(uuid4())
    try:
        # All spellings that `UUID` takes but the usual one could hide something else.
        return given if str(UUID(given)) == given.lower() else str(uuid4())
    except ValueError:
        return str(uuid4())


userinfo = UserInfoEndpoint.as_view()
