"""oauthlib's server, reduced to what we offer: no implicit, no password, no "JWT" handler."""

from typing import Any

from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.endpoints import (
    IntrospectEndpoint,
    ResourceEndpoint,
    RevocationEndpoint,
    TokenEndpoint,
)
from oauthlib.openid.connect.core.endpoints.userinfo import UserInfoEndpoint

from idp.engine.token_handler import AccessTokenHandler
from idp.errors import InvalidRequestError, UnsupportedGrantTypeError
from idp.grants.authorization_code import AuthorizationCodeGrant
from idp.grants.ciba import CibaGrant
from idp.grants.client_credentials import ClientCredentialsGrant
from idp.grants.refresh_token import RefreshTokenGrant
from idp.grants.token_exchange import TokenExchangeGrant

Answer = tuple[dict[str, str], str, int]

GRANT_TYPES = {
    "authorization_code": AuthorizationCodeGrant,
    "refresh_token": RefreshTokenGrant,
    "client_credentials": ClientCredentialsGrant,
    "urn:openid:params:grant-type:ciba": CibaGrant,
    "urn:ietf:params:oauth:grant-type:token-exchange": TokenExchangeGrant,
}


class Server(
    TokenEndpoint,
    ResourceEndpoint,
    RevocationEndpoint,
    IntrospectEndpoint,
    UserInfoEndpoint,
):
    """The endpoints that programs call. The authorization endpoint is `idp.authorize`."""

    def __init__(self, request_validator: Any, *args: Any, **kwargs: Any) -> None:
        handler = AccessTokenHandler(request_validator)
        TokenEndpoint.__init__(
            self,
            default_grant_type="",
            default_token_type=handler,
            grant_types={name: grant(request_validator) for name, grant in GRANT_TYPES.items()},
        )
        ResourceEndpoint.__init__(self, default_token="Bearer", token_types={"Bearer": handler})  # noqa: S106
        RevocationEndpoint.__init__(self, request_validator)
        IntrospectEndpoint.__init__(self, request_validator)
        UserInfoEndpoint.__init__(self, request_validator)
        # After it: oauthlib's own handler would take a token from the address.
        self.bearer = handler

    def respond_to_token_request(self, request: Request) -> Answer:
        """Answer a token request (RFC 6749 §3.2); raises `OAuthError`."""
        if not request.grant_type:
            raise InvalidRequestError("grant_type is missing.")
        grant = self.grant_types.get(request.grant_type)
        if grant is None:
            raise UnsupportedGrantTypeError
        answer: Answer = grant.create_token_response(request, self.default_token_type)
        return answer
