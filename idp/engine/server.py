"""oauthlib's endpoint that takes tokens back; all others are ours."""

from typing import Any, Self

from oauthlib.oauth2.rfc6749.endpoints import RevocationEndpoint


class Server(RevocationEndpoint):
    """Revocation (RFC 7009)."""

    def __init__(self, request_validator: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(request_validator)

    def for_one_request(self) -> Self:
        """Return one like it whose validator has learned nothing yet."""
        return type(self)(type(self.request_validator)())
