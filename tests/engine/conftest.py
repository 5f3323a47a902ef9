"""One person, one client, one grant, and codes for them, on whichever database runs."""

import base64
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from consent.models import Grant
from foundation.base.configuration import epoch
from foundation.base.keys.ring import rotate_due_keys
from foundation.directory.models import Client
from foundation.directory.sign_in import SignIn
from idp.authorize.issue import Granted, issue_code
from idp.authorize.request import AuthorizationRequest
from idp.clients.metadata import ClientMetadata
from idp.clients.services import register_client

SCOPES = ("openid", "email", "roles", "offline_access")
REDIRECT_URI = "https://rp.example/cb"
VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)
FORM = "application/x-www-form-urlencoded"


@dataclass
class Setting:
    """The parties, and the requests a client can make."""

    person: Any
    client: Client
    secret: str
    grant: Grant

    def code(self, scopes: tuple[str, ...] = SCOPES) -> str:
        """Return a fresh code, as the authorization endpoint would write it."""
        request = AuthorizationRequest(
            client_id=self.client.client_id,
            redirect_uri=REDIRECT_URI,
            code_challenge=CHALLENGE,
            code_challenge_method="S256",
        )
        now = timezone.now()
        sign_in = SignIn(self.person, auth_time=now, acr="a", amr=("pwd",), sid="sid")
        return issue_code(request, self.client, sign_in, Granted(self.grant, scopes), now)

    def post(self, path: str, **form: str) -> Any:
        """POST a form as the client."""
        pair = f"{self.client.client_id}:{self.secret}".encode()
        return Browser().post(
            path,
            urlencode(form),
            content_type=FORM,
            HTTP_AUTHORIZATION=f"Basic {base64.b64encode(pair).decode()}",
        )

    def exchange(self, code: str, **changes: str) -> Any:
        """Exchange a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
        }
        return self.post("/token", **{**form, **changes})

    def refresh(self, token: str, **more: str) -> Any:
        """Refresh."""
        return self.post("/token", grant_type="refresh_token", refresh_token=token, **more)

    def userinfo(self, token: str) -> Any:
        """Call userinfo."""
        return Browser().get("/userinfo", HTTP_AUTHORIZATION=f"Bearer {token}")


@pytest.fixture
def make_setting() -> Callable[..., Setting]:
    """Return a function that writes the parties; usable in transactional tests too."""

    def make(**client_metadata: Any) -> Setting:
        epoch.forget()
        rotate_due_keys()
        person = get_user_model().objects.create(username="ada", email="ada@example.com")
        metadata = ClientMetadata(
            client_name="Desk",
            redirect_uris=(REDIRECT_URI,),
            scope=" ".join(SCOPES),
            **{
                "grant_types": ("authorization_code", "refresh_token", "client_credentials"),
                **client_metadata,
            },
        )
        client, secret = register_client(metadata)
        grant = Grant.objects.create(user=person, client=client, scopes=dict.fromkeys(SCOPES))
        return Setting(person=person, client=client, secret=secret or "", grant=grant)

    return make


@pytest.fixture
def setting(db: None, make_setting: Callable[..., Setting]) -> Setting:
    """The parties, in a test that is rolled back."""
    return make_setting()


@pytest.fixture
def committed(transactional_db: None, make_setting: Callable[..., Setting]) -> Setting:
    """The parties, committed, for tests with several connections."""
    return make_setting()


def at_once(call: Callable[[], Any], *, times: int = 50) -> list[Any]:
    """Make the same call from many threads at once, each with a connection of its own."""
    start = Barrier(times)

    def run(_: int) -> Any:
        connection.ensure_connection()
        start.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=times) as pool:
        return list(pool.map(run, range(times)))
