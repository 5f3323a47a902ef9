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

from idp.errors.base import (
    BearerError,
    OAuthError,
    PageError,
)
from idp.errors.ciba import (
    AuthorizationPendingError,
    ExpiredTokenError,
    InvalidBindingMessageError,
    SlowDownError,
    UnknownUserIdError,
)
from idp.errors.oauth import (
    AccessDeniedError,
    InsufficientScopeError,
    InvalidAuthorizationDetailsError,
    InvalidClientError,
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    InvalidTargetError,
    InvalidTokenError,
    TemporarilyUnavailableError,
    UnauthorizedClientError,
    UnsupportedGrantTypeError,
    UnsupportedResponseTypeError,
)
from idp.errors.openid import (
    AccountSelectionRequiredError,
    ConsentRequiredError,
    InvalidGrantIdError,
    InvalidRequestUriError,
    LoginRequiredError,
    RequestNotSupportedError,
    RequestUriNotSupportedError,
    UnmetAuthenticationRequirementsError,
)

__all__ = [
    "AccessDeniedError",
    "AccountSelectionRequiredError",
    "AuthorizationPendingError",
    "BearerError",
    "ConsentRequiredError",
    "ExpiredTokenError",
    "InsufficientScopeError",
    "InvalidAuthorizationDetailsError",
    "InvalidBindingMessageError",
    "InvalidClientError",
    "InvalidGrantError",
    "InvalidGrantIdError",
    "InvalidRequestError",
    "InvalidRequestUriError",
    "InvalidScopeError",
    "InvalidTargetError",
    "InvalidTokenError",
    "LoginRequiredError",
    "OAuthError",
    "PageError",
    "RequestNotSupportedError",
    "RequestUriNotSupportedError",
    "SlowDownError",
    "TemporarilyUnavailableError",
    "UnauthorizedClientError",
    "UnknownUserIdError",
    "UnmetAuthenticationRequirementsError",
    "UnsupportedGrantTypeError",
    "UnsupportedResponseTypeError",
]
