"""The errors of OAuth 2.0 and its extensions."""

from idp.errors.base import BearerError, OAuthError


class InvalidRequestError(OAuthError):
    """RFC 6749 §4.1.2.1, §5.2: a parameter is missing, repeated or malformed."""

    error = "invalid_request"


class InvalidClientError(OAuthError):
    """RFC 6749 §5.2: client authentication failed."""

    error = "invalid_client"
    status_code = 401
    default_description = "Client authentication failed."

    @property
    def challenge(self) -> dict[str, str]:
        """RFC 6749 §5.2: name the scheme that the client may use."""
        return {"WWW-Authenticate": 'Basic realm="clients"'}


class InvalidGrantError(OAuthError):
    """RFC 6749 §5.2: the code or refresh token is not valid for this client and request."""

    error = "invalid_grant"
    default_description = "The grant is invalid, expired, revoked or was issued to another client."


class UnauthorizedClientError(OAuthError):
    """RFC 6749 §5.2: the client is not registered for this."""

    error = "unauthorized_client"


class UnsupportedGrantTypeError(OAuthError):
    """RFC 6749 §5.2."""

    error = "unsupported_grant_type"
    default_description = "This grant type is not supported."


class UnsupportedResponseTypeError(OAuthError):
    """RFC 6749 §4.1.2.1."""

    error = "unsupported_response_type"
    default_description = "The only supported response_type is code."


class InvalidScopeError(OAuthError):
    """RFC 6749 §4.1.2.1, §5.2."""

    error = "invalid_scope"


class InvalidTargetError(OAuthError):
    """RFC 8707 §2: the resource is unknown, malformed or not for this client."""

    error = "invalid_target"


class InvalidAuthorizationDetailsError(OAuthError):
    """RFC 9396 §5, §6.2: a detail is unknown, malformed or not for this client or grant."""

    error = "invalid_authorization_details"


class AccessDeniedError(OAuthError):
    """RFC 6749 §4.1.2.1: the person said no."""

    error = "access_denied"
    default_description = "The request was denied."


class TemporarilyUnavailableError(OAuthError):
    """RFC 6749 §4.1.2.1: something that we depend on does not answer."""

    error = "temporarily_unavailable"
    status_code = 503


class InvalidTokenError(BearerError):
    """RFC 6750 §3.1."""

    error = "invalid_token"
    status_code = 401
    default_description = "The access token is invalid, expired or revoked."


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
