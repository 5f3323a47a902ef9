"""What oauthlib asks of us at the endpoint that it drives."""

from typing import Any

from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request

from foundation.directory.models import Client
from idp.client_authentication.authenticate import authenticate_client
from idp.tokens.revocation import revoke_token


class Validator(OAuth2Validator):
    """Client authentication and revocation over our own tables.

    For one request: who sent it is found once and kept here.
    """

    client: Client
    """Who sent the request; there after `authenticate_client`."""

    def client_authentication_required(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Say yes: a public client "authenticates" by the method `none`."""
        return True

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Learn who sent the request; raises `InvalidClientError`."""
        form = dict(request.decoded_body or ())
        self.client = authenticate_client(form, request.headers.get("Authorization", ""))
        return True

    def revoke_token(
        self, token: str, token_type_hint: str, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Revoke a token of the asking client (RFC 7009 §2.1)."""
        revoke_token(token, client=self.client, now=timezone.now())
