"""The errors of asking without a browser (CIBA Core §11, §13)."""

from idp.errors.base import OAuthError


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
