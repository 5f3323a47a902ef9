"""Protocol errors: one class for each registered code.

OAuthError                        what a client is told: code, sentence, status
├── InvalidRequestError …         RFC 6749 §4.1.2.1, §5.2, and its extensions: `oauth`
├── LoginRequiredError …          OIDC Core §3.1.2.6: `openid`
└── InvalidTokenError …           RFC 6750 §3.1: `bearer`
PageError                         no redirect target can be trusted: a page, never a redirect
"""

from idp.errors.base import BearerError, OAuthError, PageError
from idp.errors.bearer import InsufficientScopeError, InvalidTokenError
from idp.errors.ciba import (
    AuthorizationPendingError,
    ExpiredTokenError,
    InvalidBindingMessageError,
    SlowDownError,
    UnknownUserIdError,
)
from idp.errors.oauth import (
    AccessDeniedError,
    InvalidAuthorizationDetailsError,
    InvalidClientError,
    InvalidDpopProofError,
    InvalidGrantError,
    InvalidGrantIdError,
    InvalidRequestError,
    InvalidScopeError,
    InvalidTargetError,
    TemporarilyUnavailableError,
    UnauthorizedClientError,
    UnsupportedGrantTypeError,
    UnsupportedResponseTypeError,
)
from idp.errors.openid import (
    AccountSelectionRequiredError,
    ConsentRequiredError,
    InteractionRequiredError,
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
    "InteractionRequiredError",
    "InvalidAuthorizationDetailsError",
    "InvalidBindingMessageError",
    "InvalidClientError",
    "InvalidDpopProofError",
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
