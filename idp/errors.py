"""Protocol errors: one class for each registered code.

    OAuthError                        what a client is told: code, sentence, status
    ├── InvalidRequestError …         RFC 6749 §4.1.2.1, §5.2
    ├── LoginRequiredError …          OIDC Core §3.1.2.6
    ├── SlowDownError …               CIBA Core §11, §13
    ├── InvalidTokenError …           RFC 6750 §3.1
    ├── InvalidGrantIdError           Grant Management for OAuth 2.0 §5.4
    └── PageError                     no redirect target can be trusted: a page, never a redirect

They derive from oauthlib's error, so the engine passes them through. The sentence is public: it
never says why a credential failed. What the log should know goes into `detail`.
"""

from oauthlib.oauth2 import OAuth2Error


class OAuthError(OAuth2Error):
    """A registered error code with a sentence for the developer of the client."""

    status_code = 400
    default_description = ""

    def __init__(self, description: str = "", *, detail: str = "") -> None:
        self.detail = detail
        super().__init__(description=description or self.default_description)

    @property
    def headers(self) -> dict[str, str]:
        """Headers of an answer in JSON (RFC 6749 §5.2)."""
        return {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            "Pragma": "no-cache",
            **self.challenge,
        }

    @property
    def challenge(self) -> dict[str, str]:
        """The `WWW-Authenticate` header, where the status asks for one."""
        return {}


class BearerError(OAuthError):
    """RFC 6750 §3: the answer to an access token that is not good enough."""

    @property
    def challenge(self) -> dict[str, str]:
        """Say what is wrong with the token."""
        text = f'Bearer error="{self.error}", error_description="{self.description}"'
        return {"WWW-Authenticate": text}


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


class AuthorizationPendingError(OAuthError):
    """CIBA Core §11: nobody has answered yet."""

    error = "authorization_pending"
    default_description = "There is no answer yet."


class SlowDownError(OAuthError):
    """CIBA Core §11: polled too soon; the interval is 5 seconds longer from now on."""

    error = "slow_down"
    default_description = "Wait 5 seconds longer between two requests from now on."


class ExpiredTokenError(OAuthError):
    """CIBA Core §11: the auth_req_id has expired."""

    error = "expired_token"
    default_description = "The auth_req_id has expired: ask again."


class InvalidBindingMessageError(OAuthError):
    """CIBA Core §13: the binding_message cannot be shown safely."""

    error = "invalid_binding_message"


class UnknownUserIdError(OAuthError):
    """CIBA Core §13: the hint means nobody who could be asked, or more than one."""

    error = "unknown_user_id"
    default_description = "The hint means nobody who can be asked."


class TemporarilyUnavailableError(OAuthError):
    """RFC 6749 §4.1.2.1: something that we depend on does not answer."""

    error = "temporarily_unavailable"
    status_code = 503


class LoginRequiredError(OAuthError):
    """OIDC Core §3.1.2.6."""

    error = "login_required"
    default_description = "The person has to sign in."


class ConsentRequiredError(OAuthError):
    """OIDC Core §3.1.2.6."""

    error = "consent_required"
    default_description = "The person has to decide about this request."


class AccountSelectionRequiredError(OAuthError):
    """OIDC Core §3.1.2.6."""

    error = "account_selection_required"
    default_description = "The person has to choose an account."


class RequestNotSupportedError(OAuthError):
    """OIDC Core §6.1."""

    error = "request_not_supported"
    default_description = "The request parameter is not supported."


class RequestUriNotSupportedError(OAuthError):
    """OIDC Core §6.2."""

    error = "request_uri_not_supported"
    default_description = "The request_uri parameter is not supported."


class InvalidGrantIdError(OAuthError):
    """Grant Management for OAuth 2.0 §5.4, §6.6: no standing grant of this client and person."""

    error = "invalid_grant_id"
    status_code = 404
    default_description = "There is no such grant."


class InvalidRequestUriError(OAuthError):
    """OIDC Core §3.1.2.6, RFC 9126 §4: the request_uri is unknown, used, expired or not yours."""

    error = "invalid_request_uri"
    default_description = "The request_uri is unknown, used up or expired: push the request again."


class UnmetAuthenticationRequirementsError(OAuthError):
    """OpenID Connect Core Error Code unmet_authentication_requirements 1.0 §2."""

    error = "unmet_authentication_requirements"
    default_description = "The requested authentication context cannot be reached here."


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


class PageError(Exception):
    """RFC 6749 §4.1.2.1: the client or redirect URI cannot be trusted, so a person is told."""

    def __init__(self, error: OAuthError) -> None:
        self.error = error
        super().__init__(error.description)
