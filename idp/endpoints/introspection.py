"""The introspection endpoint (RFC 7662): POST, authenticated, for the token's audience."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views import View

from idp.client_authentication.authenticate import authenticate_client
from idp.errors import InvalidClientError, InvalidRequestError, OAuthError
from idp.tokens.introspection import describe_token
from idp.web.answers import ProgramEndpoint, kept_by_nobody, refuse
from idp.web.parameters import authorization_of, read_form


class IntrospectionEndpoint(ProgramEndpoint, View):
    """Tell whoever a token is for what holds of it; to everybody else it is not active."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer whether a token is active, and what is in it (RFC 7662 §2.2)."""
        try:
            said = _said_of_token(request)
        except OAuthError as error:
            return refuse(error)
        answer = {"active": False} if said is None else {"active": True, **said}
        return kept_by_nobody(json.dumps(answer))


def _said_of_token(request: HttpRequest) -> dict[str, Any] | None:
    form = dict(read_form(request))
    token = form.get("token")
    if not token:
        raise InvalidRequestError("Missing token parameter.")  # RFC 7662 §2.1
    client = authenticate_client(form, authorization_of(request))
    if client.is_public:
        raise InvalidClientError  # RFC 7662 §2.1: to name a client is not to authenticate
    return describe_token(token, asked_by=client)


introspect = IntrospectionEndpoint.as_view()
