"""The pushed authorization request endpoint (RFC 9126 §2)."""

import json
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views import View

from idp.authorize.request import AuthorizationRequest
from idp.authorize.stored.pushed import push
from idp.client_authentication.authenticate import authenticate_client
from idp.errors import InvalidDpopProofError, InvalidRequestError, OAuthError
from idp.possession.dpop import UnprovenError, proven_key
from idp.protocol.paths import PAR
from idp.web.answers import ProgramEndpoint, kept_by_nobody, refuse
from idp.web.parameters import authorization_of, proof_of, read_form, refuse_query

LARGEST_BODY = 128 * 1024
"""Bytes: 32 KiB of authorization details, every byte of them percent-encoded, and the rest."""


class PushedAuthorizationEndpoint(ProgramEndpoint, View):
    """Take an authorization request from its client, checked and kept for a browser to bring."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer 201 with the `request_uri`, or the error in JSON (§2.2, §2.3)."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            return refuse(InvalidRequestError("The request is too large."), status=413)
        try:
            request_uri, expires_in = _push(request)
        except OAuthError as error:
            return refuse(error)
        answer = {"request_uri": request_uri, "expires_in": expires_in}
        return kept_by_nobody(json.dumps(answer), 201)


def _push(request: HttpRequest) -> tuple[str, int]:
    form = read_form(request)
    refuse_query(request)
    client = authenticate_client(dict(form), authorization_of(request))
    parameters = {name: [v for n, v in form if n == name] for name, _ in form}
    asked = AuthorizationRequest.parse(parameters.items())
    if proof := proof_of(request):
        asked = _bound(asked, proof)
    return push(asked, client, now=timezone.now())


def _bound(asked: AuthorizationRequest, proof: str) -> AuthorizationRequest:
    """Bind the code to the key of a proof, which `dpop_jkt` may only repeat (RFC 9449 §10.1)."""
    try:
        key = proven_key(proof, method="POST", path=PAR, now=timezone.now())
    except UnprovenError as error:
        raise InvalidDpopProofError(str(error)) from error
    if asked.dpop_jkt not in ("", key):
        raise InvalidDpopProofError("dpop_jkt is not the key of the DPoP proof.")
    return replace(asked, dpop_jkt=key)


pushed_authorization = PushedAuthorizationEndpoint.as_view()
