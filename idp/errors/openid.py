"""The codes that OpenID Connect adds for authorization requests."""

from idp.errors.base import OAuthError


class LoginRequiredError(OAuthError):
    """OIDC Core §3.1.2.6."""

    error = "login_required"
    default_description = "The person has to sign in."


class InteractionRequiredError(OAuthError):
    """OIDC Core §3.1.2.6."""

    error = "interaction_required"
    default_description = "The person has to do something first."


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


class InvalidRequestUriError(OAuthError):
    """OIDC Core §3.1.2.6, RFC 9126 §4: the request_uri is unknown, used, expired or not yours."""

    error = "invalid_request_uri"
    default_description = "The request_uri is unknown, used up or expired: push the request again."


class UnmetAuthenticationRequirementsError(OAuthError):
    """OpenID Connect Core Error Code unmet_authentication_requirements 1.0 §2."""

    error = "unmet_authentication_requirements"
    default_description = "The requested authentication context cannot be reached here."
