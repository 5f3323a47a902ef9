"""The userinfo endpoint (OIDC Core §5.3): GET or POST, token in the header or the form."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from oauth2_provider.views import UserInfoView

from idp.endpoints.answers import ProgramEndpoint, from_engine


class UserInfoEndpoint(ProgramEndpoint, UserInfoView):
    """The engine's view over our tokens."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the claims that the token's grant releases."""
        return from_engine(self.create_userinfo_response(request))

    post = get


userinfo = UserInfoEndpoint.as_view()
