"""A registered client as the JSON object of RFC 7591 §3.2.1 (client information response)."""

from typing import Any

from foundation.directory.models import Client
from foundation.directory.models.client_choices import GrantType

LISTS = ("grant_types", "resources", "authorization_details_types")
WORDS = ("redirect_uris", "post_logout_redirect_uris")
VALUES = (
    "scope",
    "token_endpoint_auth_method",
    "only_auth_method",
    "token_endpoint_auth_signing_alg",
    "jwks",
    "jwks_uri",
    "code_protection",
    "require_pushed_authorization_requests",
    "dpop_bound_access_tokens",
    "resource_server",
    "access_token_format",
    "id_token_signed_response_alg",
    "claims_in_id_token",
    "access_token_signed_response_alg",
    "access_token_typ",
    "access_token_claims",
    "backchannel_token_delivery_mode",
    "backchannel_client_notification_endpoint",
    "client_uri",
    "logo_uri",
    "policy_uri",
    "tos_uri",
    "purpose",
)


def client_document(client: Client, secret: str | None = None) -> dict[str, Any]:
    """Return what is registered, without empty values, and the secret when there is one to show.

    `client_id_issued_at` is in seconds since 1970; a secret does not expire (0).
    """
    registered = {field: getattr(client, field) for field in LISTS + VALUES}
    registered |= {field: getattr(client, field).split() for field in WORDS}
    return {
        "client_id": client.client_id,
        **({"client_secret": secret, "client_secret_expires_at": 0} if secret else {}),
        "client_id_issued_at": int(client.created.timestamp()),
        "client_name": client.name,
        **{field: value for field, value in registered.items() if value not in ("", [], None)},
        "response_types": ["code"]
        if client.allows_grant_type(GrantType.AUTHORIZATION_CODE)
        else [],
    }
