"""The backchannel authentication endpoint (CIBA Core §7)."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views import View

from foundation.journal.visitor import decision_context
from idp.backchannel.checks import check, is_for_itself
from idp.backchannel.request import BackchannelParameters
from idp.backchannel.services import Lodged, lodge, lodge_for_itself
from idp.client_authentication.authenticate import authenticate_client
from idp.endpoints.pushed_authorization import LARGEST_BODY
from idp.errors import AccessDeniedError, InvalidRequestError, OAuthError
from idp.web.answers import ProgramEndpoint, kept_by_nobody, refuse
from idp.web.parameters import read_form, refuse_query


class BackchannelAuthenticationEndpoint(ProgramEndpoint, View):
    """Take a request from a program, and put it to a person who is somewhere else."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer 200 with the `auth_req_id` (§7.3), or the error in JSON (§13)."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            return refuse(InvalidRequestError("The request is too large."), status=413)
        try:
            lodged = _lodge(request)
        except OAuthError as error:
            # CIBA Core §13: here a refusal is a 403.
            is_refusal = isinstance(error, AccessDeniedError)
            return refuse(error, status=403 if is_refusal else None)
        answer = {
            "auth_req_id": lodged.auth_req_id,
            "expires_in": lodged.expires_in,
            "interval": lodged.interval,
        }
        return kept_by_nobody(json.dumps(answer))


def _lodge(request: HttpRequest) -> Lodged:
    form = read_form(request)
    refuse_query(request)
    client = authenticate_client(dict(form), request.META.get("HTTP_AUTHORIZATION", ""))
    parameters = BackchannelParameters.parse(form, client.client_id)
    check(parameters, client)
    put = lodge_for_itself if is_for_itself(parameters, client) else lodge
    return put(parameters, client, context=decision_context(request))


authenticate = BackchannelAuthenticationEndpoint.as_view()
