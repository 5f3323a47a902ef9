"""A relying party that asks without a browser; its browser is the person's."""

from typing import Any

from django.http import HttpResponse

from foundation.directory.models import User
from idp.models import BackchannelRequest
from tests.relying_party import EVERYTHING, RelyingParty

CIBA = "urn:openid:params:grant-type:ciba"
PATH = "/backchannel-authentication"


class Asker(RelyingParty):
    """A client of the backchannel authentication endpoint."""

    def ask(self, **parameters: Any) -> HttpResponse:
        """Send an authentication request; None leaves a parameter out."""
        valid = {"scope": "openid profile", "login_hint": "ada"}
        return self.post(PATH, {**valid, **parameters})

    def asked(self, **parameters: Any) -> str:
        """Send one that is taken; return the `auth_req_id`."""
        response = self.ask(**parameters)
        assert response.status_code == 200, response.content
        return str(response.json()["auth_req_id"])

    def poll(self, auth_req_id: str, **parameters: Any) -> HttpResponse:
        """Ask the token endpoint for the answer."""
        form = {"grant_type": CIBA, "auth_req_id": auth_req_id}
        return self.post("/token", {**form, **parameters})

    def visit(self, person: User) -> HttpResponse:
        """Let the person open the newest request, signed in; return the page they come to."""
        return self.follow(self.sign_in_and_open(person, newest().get_absolute_url()))

    def sign_in_and_open(self, person: User, path: str) -> HttpResponse:
        """Sign in and open a page."""
        self.sign_in(person)
        response: HttpResponse = self.browser.get(path)
        return response

    def answer(self, person: User, *, allow: Any = EVERYTHING) -> HttpResponse:
        """Let the person answer the newest request; return the page after it."""
        return self.decide(self.visit(person), allow=allow)


def newest() -> BackchannelRequest:
    """Return the request that was lodged last."""
    return BackchannelRequest.objects.latest("created_at")
