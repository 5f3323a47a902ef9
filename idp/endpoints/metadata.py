"""What the provider says of itself: OIDC Discovery §3, RFC 8414 §2; one document, two places."""

from typing import Any

from django.conf import settings

from claims.catalogue.details import all_types
from claims.catalogue.scopes import all_scopes, known
from claims.contents import supported_claims
from foundation.base import conf
from foundation.base.house.in_use import house
from foundation.base.keys.ring import ALGORITHMS
from foundation.directory.levels import levels
from foundation.directory.models.client_choices import AssertionAlg, AuthMethod, DeliveryMode
from idp.authorize.checks.openid.prompt import PROMPTS
from idp.authorize.checks.response_mode import RESPONSE_MODES
from idp.grant_management import ACTIONS, API_ACTIONS
from idp.protocol.paths import (
    AUTHORIZE,
    BACKCHANNEL,
    DETAILS_TYPES,
    DEVICE_AUTHORIZATION,
    GRANTS,
    INTROSPECT,
    JWKS,
    LOGOUT,
    PAR,
    POLICY_BUNDLE,
    POLICY_DECISIONS,
    REVOCATIONS,
    REVOKE,
    TOKEN,
    USERINFO,
)
from idp.protocol.pkce import METHOD
from idp.token_endpoint.pipeline import GRANT_TYPES
from idp.web.documents import Document
from scopeward_guard.jose import ALGORITHMS as ALGORITHMS_OF_PROOFS

CONFIDENTIAL = [each for each in AuthMethod.values if each != AuthMethod.NONE]


def build_metadata() -> dict[str, Any]:
    """Return the members; each is what the code it is imported from really does."""
    issuer = conf.current().issuer
    required = conf.current().require_pushed_authorization_requests
    return {
        "issuer": issuer,
        "authorization_endpoint": issuer + AUTHORIZE,
        "token_endpoint": issuer + TOKEN,
        "pushed_authorization_request_endpoint": issuer + PAR,
        "require_pushed_authorization_requests": required,
        "backchannel_authentication_endpoint": issuer + BACKCHANNEL,
        "device_authorization_endpoint": issuer + DEVICE_AUTHORIZATION,
        "backchannel_token_delivery_modes_supported": DeliveryMode.values,
        "backchannel_user_code_parameter_supported": False,
        "userinfo_endpoint": issuer + USERINFO,
        "jwks_uri": issuer + JWKS,
        "introspection_endpoint": issuer + INTROSPECT,
        "revocation_endpoint": issuer + REVOKE,
        "revocations_endpoint": issuer + REVOCATIONS,
        "policy_bundle_endpoint": issuer + POLICY_BUNDLE,
        "policy_decisions_endpoint": issuer + POLICY_DECISIONS,
        "end_session_endpoint": issuer + LOGOUT,
        "scopes_supported": [entry.name for entry in known(all_scopes())],
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": list(GRANT_TYPES),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": sorted(ALGORITHMS, reverse=True),
        "token_endpoint_auth_signing_alg_values_supported": AssertionAlg.values,
        "token_endpoint_auth_methods_supported": AuthMethod.values,
        "introspection_endpoint_auth_signing_alg_values_supported": AssertionAlg.values,
        "introspection_endpoint_auth_methods_supported": CONFIDENTIAL,
        "revocation_endpoint_auth_signing_alg_values_supported": AssertionAlg.values,
        "revocation_endpoint_auth_methods_supported": AuthMethod.values,
        "code_challenge_methods_supported": [METHOD],
        "dpop_signing_alg_values_supported": list(ALGORITHMS_OF_PROOFS),
        "authorization_details_types_supported": [
            name for name, entry in all_types().items() if entry.is_active
        ],
        "authorization_details_types_metadata_endpoint": issuer + DETAILS_TYPES,
        "acr_values_supported": list(levels()),
        "claim_types_supported": ["normal"],
        "claims_supported": supported_claims(),
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "require_request_uri_registration": False,
        "prompt_values_supported": sorted(PROMPTS),
        "ui_locales_supported": [code for code, _ in settings.LANGUAGES],
        "authorization_response_iss_parameter_supported": True,
        "grant_management_endpoint": issuer + GRANTS,
        "grant_management_actions_supported": [*API_ACTIONS, *ACTIONS],
        "grant_management_action_required": False,
        **_promises(),
    }


def _promises() -> dict[str, str]:
    """Return what the house says of data and terms, where it says so (OIDC Discovery §3)."""
    now = house()
    said = {"op_policy_uri": now.privacy_uri, "op_tos_uri": now.terms_uri}
    return {name: uri for name, uri in said.items() if uri}


metadata = Document(build_metadata)
