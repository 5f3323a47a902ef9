"""The revocation endpoint (RFC 7009)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from oauth2_provider.views import RevokeTokenView

from idp.web.answers import ProgramEndpoint, from_engine


class RevocationEndpoint(ProgramEndpoint, RevokeTokenView):
    """The engine's view over our tokens."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Revoke a token of the asking client."""
        return from_engine(self.create_revocation_response(request))


revoke = RevocationEndpoint.as_view()
