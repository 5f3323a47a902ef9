"""A client that manages its grants, and what it can send."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from consent.models import Grant
from foundation.directory.models import User
from tests.assertions import assert_code
from tests.factories import make_client
from tests.relying_party import RelyingParty

SCOPE = "openid profile email roles offline_access"
API = "grant_management_query grant_management_revoke"


@dataclass
class Manager(RelyingParty):
    """A relying party that opens grants on purpose and names them."""

    def create(self, person: User, **parameters: Any) -> dict[str, Any]:
        """Return the token response of a sign-in that opened a separate grant."""
        return self.obtain_tokens(person, grant_management_action="create", **parameters)

    def change(self, action: str, grant_id: str, **parameters: Any) -> HttpResponse:
        """Send a request to merge into or to replace a grant."""
        return self.authorize(grant_management_action=action, grant_id=grant_id, **parameters)

    def silently(self, action: str, grant_id: str, **parameters: Any) -> dict[str, Any]:
        """Return the token response of a change about which nothing has to be asked."""
        response = self.change(action, grant_id, prompt="none", **parameters)
        return dict(self.exchange(assert_code(response)).json())

    def own_token(self, scope: str = API) -> str:
        """Return an access token of the client's own."""
        answer = self.client_credentials(scope=scope).json()
        return str(answer["access_token"])

    def at_grant(self, method: str, grant_id: str, token: str | None = None) -> HttpResponse:
        """Call the grant endpoint; with a new token of its own unless told with which."""
        header = f"Bearer {self.own_token() if token is None else token}"
        call = getattr(Browser(), method)
        response: HttpResponse = call(f"/grants/{grant_id}", HTTP_AUTHORIZATION=header)
        return response


def make_manager(**metadata: Any) -> Manager:
    """Register a confidential client that may manage its grants."""
    values = {
        "grant_types": ("authorization_code", "refresh_token", "client_credentials"),
        "scope": f"{SCOPE} phone {API}",
    }
    client, secret = make_client(**{**values, **metadata})
    return Manager(client, secret)


def standing(grant_id: str) -> Grant:
    """Return a grant that has not been revoked."""
    return Grant.objects.get(pk=grant_id, revoked_at=None)


@pytest.fixture
def manager(provider: None) -> Manager:
    """A client that manages its grants, and a browser in which nobody is signed in."""
    return make_manager()


@pytest.fixture
def other_manager(provider: None) -> Manager:
    """Another one, with another browser."""
    return make_manager(client_name="Other")
