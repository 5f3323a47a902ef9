"""What a caller with a bad access token is told (RFC 6750 §3.1)."""

from idp.errors.base import BearerError


class InvalidTokenError(BearerError):
    """RFC 6750 §3.1."""

    error = "invalid_token"
    status_code = 401
    default_description = "The access token is invalid, expired or revoked."


class MissingTokenError(InvalidTokenError):
    """RFC 6750 §3.1: whoever sent no access token is told of none, only what is needed."""

    default_description = "An access token is needed."

    @property
    def challenge(self) -> dict[str, str]:
        """Name the scheme, without an error."""
        return {"WWW-Authenticate": 'Bearer realm="scopeward"'}


class InsufficientScopeError(BearerError):
    """RFC 6750 §3.1."""

    error = "insufficient_scope"
    status_code = 403

    def __init__(self, description: str = "", *, needed: str = "", detail: str = "") -> None:
        self.needed = needed
        super().__init__(description, detail=detail)

    @property
    def challenge(self) -> dict[str, str]:
        """Name the scope that the resource needs, where one was given."""
        text = super().challenge["WWW-Authenticate"]
        needed = f', scope="{self.needed}"' if self.needed else ""
        return {"WWW-Authenticate": text + needed}
