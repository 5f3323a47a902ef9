"""Between Django's requests and what answers them: what is copied, and how errors look."""

import json

from django.http import HttpRequest
from django.utils import timezone
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauthlib.oauth2 import OAuth2Error

from idp.token_endpoint.pipeline import respond
from idp.token_requests.request import TokenRequest
from idp.web.parameters import authorization_of, proof_of, read_form, refuse_query

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

    def create_revocation_response(self, request: HttpRequest) -> Answer:
        """Answer the revocation endpoint."""
        try:
            headers, body, status = self.server.for_one_request().create_revocation_response(
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
    dpop = proof_of(request)
    return TokenRequest.parse(form, authorization_of(request), arrived_at, dpop)


def _error(error: OAuth2Error) -> Answer:
    return None, error.headers, error.json, error.status_code
