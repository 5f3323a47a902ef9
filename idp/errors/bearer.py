"""What a caller with a bad access token is told (RFC 6750 §3.1)."""

from idp.errors.base import BearerError


class InvalidTokenError(BearerError):
    """RFC 6750 §3.1."""

    error = "invalid_token"
    status_code = 401
    default_description = "The access token is invalid, expired or revoked."

    def __init__(self, description: str = "", *, missing: bool = False, detail: str = "") -> None:
        self.missing = missing
        super().__init__(description, detail=detail)

    @property
    def challenge(self) -> dict[str, str]:
        """Tell whoever sent no token of no error, only what is needed."""
        if self.missing:
            return {"WWW-Authenticate": 'Bearer realm="scopeward"'}
        return super().challenge


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
