"""What may be wrong with a device authorization request (RFC 8628 §3.1), in order."""

from foundation.directory.models import Client
from foundation.directory.models.client_choices import GrantType
from idp.authorize.checks.authorization_details import check_authorization_details
from idp.authorize.checks.characters import check_characters
from idp.authorize.checks.openid.request_object import check_request_object
from idp.authorize.checks.resource import check_resource
from idp.authorize.checks.scope import check_scope
from idp.authorize.request import AuthorizationRequest
from idp.errors import UnauthorizedClientError

RULES = (
    check_characters,             # RFC 6749 appendix A
    check_request_object,         # OIDC Core §6
    check_scope,                  # RFC 6749 §3.3
    check_resource,               # RFC 8707 §2
    check_authorization_details,  # RFC 9396 §5
)  # fmt: skip


def check(request: AuthorizationRequest, client: Client) -> None:
    """Apply every rule; raises `OAuthError`."""
    if not client.allows_grant_type(GrantType.DEVICE_CODE):
        raise UnauthorizedClientError("The client is not registered for this grant type.")
    for rule in RULES:
        rule(request, client)
