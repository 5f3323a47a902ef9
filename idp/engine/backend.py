"""Between Django's requests and oauthlib's: what is copied, what is refused, how errors look."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauthlib.common import Request
from oauthlib.oauth2 import OAuth2Error

from foundation.base.texts.storable import is_storable
from idp.errors import InvalidRequestError

FORM = "application/x-www-form-urlencoded"
REPEATABLE = {"resource"}
"""RFC 8707 §2 allows these more than once; RFC 6749 §3.2 nothing else."""

Answer = tuple[str | None, dict[str, str], str, int]


class Core(OAuthLibCore):
    """Extracts the parameters of a request and answers errors in the form of RFC 6749 §5.2."""

    def extract_headers(self, request: HttpRequest) -> dict[str, str]:
        """Copy the one header that the engine looks at."""
        authorization = request.META.get("HTTP_AUTHORIZATION", "")
        return {"Authorization": authorization} if authorization else {}

    def extract_body(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return the form's parameters; raises `InvalidRequestError`."""
        return read_form(request)

    def create_token_response(self, request: HttpRequest) -> Answer:
        """Answer the token endpoint."""
        try:
            oauth_request = self._request(request)
            refuse_query(request)
            headers, body, status = self.server.respond_to_token_request(oauth_request)
        except OAuth2Error as error:
            return _error(error)
        return None, headers, body, status

    def create_userinfo_response(self, request: HttpRequest) -> Answer:
        """Answer the userinfo endpoint."""
        return self._answer(request, self.server.create_userinfo_response)

    def create_revocation_response(self, request: HttpRequest) -> Answer:
        """Answer the revocation endpoint."""
        return self._answer(request, self.server.create_revocation_response)

    def create_introspection_response(self, request: HttpRequest) -> Answer:
        """Answer the introspection endpoint."""
        return self._answer(request, self.server.create_introspect_response)

    def _answer(self, request: HttpRequest, endpoint: Any) -> Answer:
        try:
            headers, body, status = endpoint(
                request.path,  # without the query: parameters come in the body (RFC 6749 §3.2)
                http_method=request.method,
                body=self.extract_body(request),
                headers=self.extract_headers(request),
            )
        except OAuth2Error as error:
            return _error(error)
        return None, headers, body or "", status

    def _request(self, request: HttpRequest) -> Request:
        pairs = self.extract_body(request)
        oauth_request = Request(
            request.path,
            http_method=request.method,
            body=pairs,
            headers=self.extract_headers(request),
        )
        # oauthlib keeps only the last of several resources, and so would not see that they are.
        oauth_request.decoded_body = pairs
        oauth_request.arrived_at = getattr(request, "arrived_at", None) or timezone.now()
        return oauth_request


def read_form(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the parameters of a program's request; raises `InvalidRequestError`.

    They come in the body, urlencoded; none is repeated (RFC 6749 §3.2), has no value (then it is
    left out, §3.1), or has characters that no value can have.
    """
    if request.method == "POST" and request.content_type not in {FORM, ""}:
        raise InvalidRequestError(f"The body must be {FORM}.")
    pairs: list[tuple[str, str]] = []
    for name, values in request.POST.lists():
        if len(values) > 1 and name not in REPEATABLE:
            raise InvalidRequestError("A parameter is repeated.")
        if not all(map(is_storable, values)):
            raise InvalidRequestError("A parameter has a NUL character.")
        pairs += [(name, value) for value in values if value]
    return pairs


def refuse_query(request: HttpRequest) -> None:
    """Raise `InvalidRequestError` for parameters in the address (RFC 6749 §3.2)."""
    if request.GET:
        raise InvalidRequestError("Parameters go into the body, not into the address.")


def _error(error: OAuth2Error) -> Answer:
    return None, error.headers, error.json, error.status_code
