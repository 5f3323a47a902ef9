"""The introspection endpoint (RFC 7662): POST, authenticated, for the token's audience."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from oauth2_provider.views import IntrospectTokenView

from idp.web.answers import ProgramEndpoint, from_engine


class IntrospectionEndpoint(ProgramEndpoint, IntrospectTokenView):
    """The engine's view, without its GET and without letting any client ask about any token."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer whether a token is active, and what is in it."""
        return from_engine(self.get_oauthlib_core().create_introspection_response(request))


introspect = IntrospectionEndpoint.as_view()
