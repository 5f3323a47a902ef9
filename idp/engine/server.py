"""oauthlib's endpoints about tokens that exist; those that make one are `idp.token_endpoint`."""

from typing import Any, Self

from oauthlib.oauth2.rfc6749.endpoints import IntrospectEndpoint, RevocationEndpoint
from oauthlib.openid.connect.core.endpoints.userinfo import UserInfoEndpoint

from idp.engine.bearer import BearerToken


class Server(RevocationEndpoint, IntrospectEndpoint, UserInfoEndpoint):
    """Userinfo, introspection and revocation. The authorization endpoint is `idp.authorize`."""

    def __init__(self, request_validator: Any, *args: Any, **kwargs: Any) -> None:
        RevocationEndpoint.__init__(self, request_validator)
        # oauthlib's own reader would take a token from the address.
        self.bearer = BearerToken(request_validator)

    def for_one_request(self) -> Self:
        """Return one like it whose validator has learned nothing yet."""
        return type(self)(type(self.request_validator)())
