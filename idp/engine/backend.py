"""Between Django's requests and what answers them: what is copied, and how errors look."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauthlib.oauth2 import OAuth2Error

from idp.engine.server import Server
from idp.token_endpoint.pipeline import respond
from idp.token_requests.request import TokenRequest
from idp.web.parameters import read_form, refuse_query

Answer = tuple[str | None, dict[str, str], str, int]


class Core(OAuthLibCore):
    """Extracts the parameters of a request and answers errors in the form of RFC 6749 §5.2."""

    def extract_headers(self, request: HttpRequest) -> dict[str, str]:
        """Copy the one header that the engine looks at."""
        authorization = authorization_of(request)
        return {"Authorization": authorization} if authorization else {}

    def extract_body(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return the form's parameters; raises `InvalidRequestError`."""
        return read_form(request)

    def create_token_response(self, request: HttpRequest) -> Answer:
        """Answer the token endpoint."""
        try:
            answer = respond(token_request(request))
        except OAuth2Error as error:
            return _error(error)
        return None, {}, json.dumps(answer), 200

    def create_userinfo_response(self, request: HttpRequest) -> Answer:
        """Answer the userinfo endpoint."""
        return self._answer(request, Server.create_userinfo_response)

    def create_revocation_response(self, request: HttpRequest) -> Answer:
        """Answer the revocation endpoint."""
        return self._answer(request, Server.create_revocation_response)

    def create_introspection_response(self, request: HttpRequest) -> Answer:
        """Answer the introspection endpoint."""
        return self._answer(request, Server.create_introspect_response)

    def _answer(self, request: HttpRequest, endpoint: Callable[..., Any]) -> Answer:
        try:
            headers, body, status = endpoint(
                self.server.for_one_request(),
                request.path,  # without the query: parameters come in the body (RFC 6749 §3.2)
                http_method=request.method,
                body=self.extract_body(request),
                headers=self.extract_headers(request),
            )
        except OAuth2Error as error:
            return _error(error)
        return None, headers, body or "", status


def token_request(request: HttpRequest) -> TokenRequest:
    """Read a token request; raises `InvalidRequestError` for what RFC 6749 §3.2 forbids."""
    form = read_form(request)
    refuse_query(request)
    arrived_at = getattr(request, "arrived_at", None) or timezone.now()
    return TokenRequest.parse(form, authorization_of(request), arrived_at)


def authorization_of(request: HttpRequest) -> str:
    """Return the `Authorization` header; empty without one."""
    return str(request.META.get("HTTP_AUTHORIZATION", ""))


def _error(error: OAuth2Error) -> Answer:
    return None, error.headers, error.json, error.status_code
