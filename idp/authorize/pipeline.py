"""The authorization endpoint's rules in their order. Adding one is one file and one line.

Before the redirect URI is trusted an error is a page (`PageError`); afterwards it is sent to the
client (`OAuthError`).
"""

from collections.abc import Callable

from foundation.directory.models import Client
from idp.authorize.checks.authorization_details import check_authorization_details
from idp.authorize.checks.characters import check_address_characters, check_characters
from idp.authorize.checks.client import check_client, check_client_may_use_codes
from idp.authorize.checks.dpop_jkt import check_dpop_jkt
from idp.authorize.checks.grant_management import check_grant_management
from idp.authorize.checks.openid.acr import check_acr
from idp.authorize.checks.openid.claims import check_claims
from idp.authorize.checks.openid.id_token_hint import check_id_token_hint
from idp.authorize.checks.openid.max_age import check_max_age
from idp.authorize.checks.openid.prompt import check_prompt
from idp.authorize.checks.openid.request_object import check_request_object
from idp.authorize.checks.pkce import check_pkce
from idp.authorize.checks.pushed import check_pushed
from idp.authorize.checks.redirect_uri import check_redirect_uri
from idp.authorize.checks.repeated import check_repeated
from idp.authorize.checks.resource import check_resource
from idp.authorize.checks.response_mode import check_response_mode
from idp.authorize.checks.response_type import check_response_type
from idp.authorize.checks.scope import check_scope, refuse_when_no_scope_is_left
from idp.authorize.request import AuthorizationRequest

Check = Callable[[AuthorizationRequest, Client], None]

AFTER_REDIRECT: tuple[Check, ...] = (
    check_response_mode,          # Multiple Response Types §2.1: errors are sent by it
    check_characters,             # RFC 6749 appendix A
    check_repeated,               # RFC 6749 §3.1
    check_pushed,                 # RFC 9126 §5, §6
    check_request_object,         # OIDC Core §6
    check_client_may_use_codes,   # RFC 6749 §4.1.2.1
    check_response_type,          # RFC 6749 §3.1.1
    check_scope,                  # RFC 6749 §3.3
    check_pkce,                   # RFC 7636 §4.3
    check_dpop_jkt,               # RFC 9449 §10
    check_prompt,                 # OIDC Core §3.1.2.1
    check_max_age,                # OIDC Core §3.1.2.1
    check_claims,                 # OIDC Core §5.5
    check_acr,                    # OIDC Core §5.5.1.1
    check_resource,               # RFC 8707 §2
    check_authorization_details,  # RFC 9396 §5
    check_id_token_hint,          # OIDC Core §3.1.2.1
    check_grant_management,       # Grant Management for OAuth 2.0 §5.2
)  # fmt: skip


def trusted_client(request: AuthorizationRequest) -> Client:
    """Return the client once its redirect URI can be trusted; raises `PageError`."""
    check_address_characters(request)
    client = check_client(request)
    check_redirect_uri(request, client)
    return client


def check(request: AuthorizationRequest, client: Client) -> None:
    """Apply every other rule; raises `OAuthError`."""
    for rule in AFTER_REDIRECT:
        rule(request, client)


def check_again(request: AuthorizationRequest, client: Client) -> None:
    """Apply every rule to a request that has waited for a person: the client may have been changed.

    What it may not ask for any more is refused as if the request arrived now, but for scopes: the
    answer has fewer of them. Raises `PageError` when nothing may be sent to its redirect URI any
    more, and `OAuthError`.
    """
    check_redirect_uri(request, client)
    for rule in AFTER_REDIRECT:
        (refuse_when_no_scope_is_left if rule is check_scope else rule)(request, client)
