"""What oauthlib asks of us at the endpoints that it drives."""

from typing import Any

from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request

from claims.subject import Subject
from foundation.base import conf
from foundation.directory.models import Client
from idp.client_authentication.authenticate import authenticate_client
from idp.errors import InsufficientScopeError, InvalidClientError, InvalidTokenError
from idp.tokens.access import read_access_token
from idp.tokens.introspection import describe_token
from idp.tokens.payloads import userinfo_payload
from idp.tokens.presented import PresentedToken
from idp.tokens.revocation import revoke_token


class Validator(OAuth2Validator):
    """Client authentication, userinfo, introspection and revocation over our own tables.

    For one request: who sent it, and the token that it is for, are found once and kept here.
    """

    client: Client
    """Who sent the request; there after `authenticate_client`."""
    presented: PresentedToken
    """The token that opens userinfo; there after `validate_bearer_token`."""
    subject: Subject
    """Its person."""

    def client_authentication_required(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Say yes: a public client "authenticates" by the method `none`."""
        return True

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Learn who sent the request; raises `InvalidClientError`."""
        form = dict(request.decoded_body or ())
        self.client = authenticate_client(form, request.headers.get("Authorization", ""))
        return True

    def validate_bearer_token(self, token: str, scopes: list[str], request: Request) -> bool:
        """Check a token that is used at the provider itself: only userinfo takes one.

        Raises `InvalidTokenError` and, per RFC 6750 §3.1, `InsufficientScopeError`.
        """
        if not token:
            raise InvalidTokenError("An access token is needed.", missing=True)
        presented = read_access_token(token)
        if presented is None or presented.payload["aud"] != conf.current().issuer:
            raise InvalidTokenError
        if not set(scopes) <= set(presented.scopes) or presented.subject is None:
            raise InsufficientScopeError("The access token lacks the scope openid.")
        self.presented, self.subject = presented, presented.subject
        return True

    def get_userinfo_claims(self, request: Request) -> dict[str, Any]:
        """Return the claims of the userinfo answer (OIDC Core §5.3.2)."""
        presented = self.presented
        return userinfo_payload(
            presented.client,
            self.subject,
            {entry.template for entry in presented.entries},
            presented.requested_claims,
            presented.withheld,
            presented.single_claims,
        )

    def introspect_token(
        self, token: str, token_type_hint: str, request: Request, *args: Any, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Return what the asking client may know of a token, None for "not active".

        Raises `InvalidClientError`: to name a public client is not to authenticate (RFC 7662 §2.1).
        """
        if self.client.is_public:
            raise InvalidClientError
        return describe_token(token, asked_by=self.client)

    def revoke_token(
        self, token: str, token_type_hint: str, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Revoke a token of the asking client (RFC 7009 §2.1)."""
        revoke_token(token, client=self.client, now=timezone.now())
