"""The userinfo endpoint (OIDC Core §5.3): GET or POST, token in the header or the form."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from oauth2_provider.views import UserInfoView

from idp.web.answers import ProgramEndpoint, from_engine

INTERACTION_ID = "x-fapi-interaction-id"


class UserInfoEndpoint(ProgramEndpoint, UserInfoView):
    """The engine's view over our tokens."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, an error too, under the id by which both sides' logs know the call."""
        response = super().dispatch(request, *args, **kwargs)
        response[INTERACTION_ID] = interaction_id(request.headers.get(INTERACTION_ID, ""))
        return response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the claims that the token's grant releases."""
        return from_engine(self.create_userinfo_response(request))

    post = get


def interaction_id(given: str) -> str:
    """FAPI 1.0 Part 1 §6.2.1-11: return the id that came, a new one when that was no UUID."""
    try:
        # All spellings that `UUID` takes but the usual one could hide something else.
        return given if str(UUID(given)) == given.lower() else str(uuid4())
    except ValueError:
        return str(uuid4())


userinfo = UserInfoEndpoint.as_view()
