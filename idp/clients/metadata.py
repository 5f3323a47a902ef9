"""Client metadata under the names of RFC 7591 §2; `rules.py` says what is refused.

Beyond the RFC's names: `only_auth_method` (a secret is taken in no other way), `code_protection`
(PKCE, nonce), `resources` (audiences it may ask access tokens for, RFC 8707), `resource_server`
(the audience it is), `access_token_format`, `claims_in_id_token` (standard claims there as well as
in userinfo), how tokens for a resource server are made (`access_token_signed_response_alg`,
`access_token_typ`, and `access_token_claims`, standard claims with spaces between), `purpose` (a
sentence for the consent screen), `may_ask_for_itself` (approvals without a person who asks).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from foundation.directory.models.client_choices import (
    WITH_SECRET,
    AccessTokenTyp,
    AuthMethod,
    CodeProtection,
    GrantType,
    IdTokenAlg,
    TokenFormat,
)

INTERACTIVE = (GrantType.AUTHORIZATION_CODE.value, GrantType.REFRESH_TOKEN.value)


@dataclass(frozen=True, kw_only=True)
class ClientMetadata:
    """What is registered about a client; the defaults are those of an interactive application."""

    client_name: str
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = INTERACTIVE
    scope: str = ""
    token_endpoint_auth_method: str = AuthMethod.BASIC.value
    only_auth_method: bool = False
    token_endpoint_auth_signing_alg: str = ""
    jwks: Mapping[str, Any] | None = None
    """Of a form or a command whatever JSON was entered; the rules look at it."""
    jwks_uri: str = ""
    code_protection: str = CodeProtection.PKCE_OR_NONCE.value
    require_pushed_authorization_requests: bool = False
    dpop_bound_access_tokens: bool = False
    authorization_details_types: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    resource_server: str = ""
    access_token_format: str = TokenFormat.JWT.value
    id_token_signed_response_alg: str = IdTokenAlg.RS256.value
    claims_in_id_token: bool = False
    access_token_signed_response_alg: str = IdTokenAlg.ES256.value
    access_token_typ: str = AccessTokenTyp.AT_JWT.value
    access_token_claims: str = ""
    backchannel_token_delivery_mode: str = ""
    backchannel_client_notification_endpoint: str = ""
    may_ask_for_itself: bool = False
    client_uri: str = ""
    logo_uri: str = ""
    policy_uri: str = ""
    tos_uri: str = ""
    purpose: str = ""

    @property
    def is_public(self) -> bool:
        """A client that cannot keep a secret (RFC 6749 §2.1)."""
        return self.token_endpoint_auth_method == AuthMethod.NONE

    @property
    def has_secret(self) -> bool:
        """Whether it proves itself by a secret that we give it."""
        return self.token_endpoint_auth_method in WITH_SECRET


@dataclass(frozen=True, kw_only=True)
class ClientLimits:
    """What this installation allows."""

    known_scopes: frozenset[str]
    known_details_types: frozenset[str] = frozenset()
    http_anywhere: bool = False
    """Plain http is allowed beyond this machine: an administrator registers, not in production."""


def default_scope(grant_types: Iterable[str]) -> str:
    """Return what a client may ask for when nobody said otherwise."""
    if not {GrantType.AUTHORIZATION_CODE, GrantType.CIBA, GrantType.DEVICE_CODE} & {*grant_types}:
        return ""
    scopes = ["openid", "profile", "email"]
    if GrantType.REFRESH_TOKEN in grant_types:
        scopes.append("offline_access")
    return " ".join(scopes)
