"""The token endpoint (RFC 6749 §3.2)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from oauth2_provider.views import TokenView

from idp.web.answers import ProgramEndpoint, from_engine


class TokenEndpoint(ProgramEndpoint, TokenView):
    """The engine's view, without reading back the token it has just made."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer a token request."""
        return from_engine(self.create_token_response(request))


token = TokenEndpoint.as_view()
