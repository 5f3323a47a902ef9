"""The introspection endpoint (RFC 7662): POST, authenticated, for the token's audience."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import View
from oauth2_provider.views import IntrospectTokenView

from idp.endpoints.answers import from_engine


class IntrospectionEndpoint(IntrospectTokenView):
    """The engine's view, without its GET and without letting any client ask about any token."""

    http_method_names = ["post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Skip the engine's own idea of who may ask; the answer decides that."""
        return View.dispatch(self, request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer whether a token is active, and what is in it."""
        return from_engine(self.get_oauthlib_core().create_introspection_response(request))


introspect = IntrospectionEndpoint.as_view()
