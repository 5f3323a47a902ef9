"""Every error code that we send is registered, and here is where."""

import inspect

import pytest

from idp import errors
from idp.errors import OAuthError

REGISTERED = {
    "invalid_request": "RFC 6749",
    "invalid_client": "RFC 6749",
    "invalid_grant": "RFC 6749",
    "unauthorized_client": "RFC 6749",
    "unsupported_grant_type": "RFC 6749",
    "unsupported_response_type": "RFC 6749",
    "invalid_scope": "RFC 6749",
    "access_denied": "RFC 6749",
    "temporarily_unavailable": "RFC 6749",
    "authorization_pending": "CIBA Core",
    "slow_down": "CIBA Core",
    "expired_token": "CIBA Core",
    "invalid_binding_message": "CIBA Core",
    "unknown_user_id": "CIBA Core",
    "invalid_token": "RFC 6750",
    "insufficient_scope": "RFC 6750",
    "invalid_dpop_proof": "RFC 9449",
    "invalid_target": "RFC 8707",
    "invalid_authorization_details": "RFC 9396",
    "login_required": "OIDC Core",
    "interaction_required": "OIDC Core",
    "consent_required": "OIDC Core",
    "account_selection_required": "OIDC Core",
    "request_not_supported": "OIDC Core",
    "request_uri_not_supported": "OIDC Core",
    "invalid_grant_id": "Grant Management for OAuth 2.0",
    "invalid_request_uri": "OIDC Core",
    "unmet_authentication_requirements": "OpenID Connect Core Error Code",
}
"""Code to document: IANA's registry of OAuth extension errors."""

CLASSES = [
    error
    for _, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, OAuthError) and error.error
]


@pytest.mark.spec("RFC 6749", "5.2")
@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_error_code_is_registered_and_cited(error: type[OAuthError]) -> None:
    assert REGISTERED[error.error] in (inspect.getdoc(error) or "")


def test_every_registered_code_has_one_class() -> None:
    assert sorted(error.error for error in CLASSES) == sorted(REGISTERED)


@pytest.mark.spec("RFC 6749", "4.1.2.1")
@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_public_sentence_has_only_characters_that_may_be_sent(error: type[OAuthError]) -> None:
    """RFC 6749 §5.2: error_description is printable ASCII without quote and backslash."""
    sentence = error().description or ""

    assert all(" " <= mark <= "~" and mark not in '"\\' for mark in sentence)
