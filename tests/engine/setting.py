"""One person, one client, one grant, and what the client can ask for."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
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
from tests.relying_party import FORM, basic

SCOPES = ("openid", "email", "roles", "offline_access")
REDIRECT_URI = "https://rp.example/cb"
VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


@dataclass
class Setting:
    """The parties, and the requests a client can make."""

    person: Any
    client: Client
    secret: str
    grant: Grant

    @property
    def basic(self) -> str:
        """How the client authenticates."""
        return basic(self.client.client_id, self.secret)

    def code(self, scopes: tuple[str, ...] | None = None, *, at: datetime | None = None) -> str:
        """Return a fresh code for these scopes or all, as the authorization endpoint writes it."""
        request = AuthorizationRequest(
            client_id=self.client.client_id,
            redirect_uri=REDIRECT_URI,
            code_challenge=CHALLENGE,
            code_challenge_method="S256",
        )
        now = timezone.now()
        sign_in = SignIn(self.person, auth_time=now, acr="a", amr=("pwd",), sid="sid")
        granted = Granted(self.grant, tuple(self.grant.scopes) if scopes is None else scopes)
        return issue_code(request, self.client, sign_in, granted, at or now)

    def post(self, path: str, **form: str) -> Any:
        """POST a form as the client."""
        return Browser().post(
            path, urlencode(form), content_type=FORM, HTTP_AUTHORIZATION=self.basic
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


def write_setting(
    *, username: str = "ada", scopes: tuple[str, ...] = SCOPES, **client_metadata: Any
) -> Setting:
    """Write the parties."""
    epoch.forget()
    rotate_due_keys()
    person = get_user_model().objects.create(
        username=username, email="ada@example.com", name="Ada", given_name="Ada"
    )
    metadata = ClientMetadata(
        client_name="Desk",
        redirect_uris=(REDIRECT_URI,),
        scope=" ".join(scopes),
        **{
            "grant_types": ("authorization_code", "refresh_token", "client_credentials"),
            **client_metadata,
        },
    )
    client, secret = register_client(metadata)
    grant = Grant.objects.create(user=person, client=client, scopes=dict.fromkeys(scopes))
    return Setting(person=person, client=client, secret=secret or "", grant=grant)
