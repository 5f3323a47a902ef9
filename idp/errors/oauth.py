"""The codes of OAuth 2.0 and of the specifications that extend its two endpoints."""

from idp.errors.base import OAuthError


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
    """RFC 9396 §5, §8: a detail is unknown, malformed or not for this client or grant."""

    error = "invalid_authorization_details"


class AccessDeniedError(OAuthError):
    """RFC 6749 §4.1.2.1: the person said no."""

    error = "access_denied"
    default_description = "The request was denied."


class TemporarilyUnavailableError(OAuthError):
    """RFC 6749 §4.1.2.1: something that we depend on does not answer; later it may."""

    error = "temporarily_unavailable"
    status_code = 503

    def __init__(self, description: str = "", *, retry_after: int = 1, detail: str = "") -> None:
        self.retry_after = retry_after
        super().__init__(description, detail=detail)

    @property
    def headers(self) -> dict[str, str]:
        """Say after how many seconds to ask again (RFC 9110 §10.2.3)."""
        return {**super().headers, "Retry-After": str(self.retry_after)}


class InvalidDpopProofError(OAuthError):
    """RFC 9449 §5, §7: the proof of possession is missing, malformed, or about something else."""

    error = "invalid_dpop_proof"


class InvalidGrantIdError(OAuthError):
    """Grant Management for OAuth 2.0 §5.4, §6.6: no standing grant of this client and person."""

    error = "invalid_grant_id"
    status_code = 404
    default_description = "There is no such grant."
