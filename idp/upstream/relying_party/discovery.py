"""What a provider says of itself (OIDC Discovery §3, §4), checked before it is believed."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from idp.upstream.relying_party.errors import UpstreamRefusedError
from idp.upstream.relying_party.fetching import fetch
from idp.upstream.relying_party.id_token import ALGORITHMS
from idp.upstream.relying_party.keys import parse_keys

WELL_KNOWN = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OPTIONAL = ("userinfo_endpoint",)
TENANT = "{tenantid}"
"""In the issuer of Microsoft Entra's `common`: no ID token says that, and whoever took any tenant's
word would let anybody in who makes a tenant."""
SAID = (
    "authorization_response_iss_parameter_supported",
    "token_endpoint_auth_methods_supported",
)


def discover(issuer: str) -> dict[str, Any]:
    """Return what is kept of a provider's metadata; raises `UpstreamError`.

    Its keys are fetched as well: who has none that we could verify with is refused now, and not
    when the first person comes.
    """
    said = fetch(issuer.removesuffix("/") + WELL_KNOWN)
    _check(said, issuer)
    parse_keys(fetch(said["jwks_uri"]))
    return {name: said[name] for name in (*ENDPOINTS, *OPTIONAL, *SAID) if name in said}


def _check(said: Mapping[str, Any], issuer: str) -> None:
    if TENANT in str(said.get("issuer")):
        raise UpstreamRefusedError(
            "it speaks for every tenant of its operator; enter the issuer of the one that counts, "
            f"with its identifier instead of {TENANT}: {said['issuer']}"
        )
    if said.get("issuer") != issuer:
        # §4.3: exactly the same, a slash at the end included.
        raise UpstreamRefusedError(f"it calls itself {said.get('issuer')!r}")
    scheme = urlsplit(issuer).scheme
    for name in (*ENDPOINTS, *OPTIONAL):
        if name in said or name in ENDPOINTS:
            _check_address(name, said.get(name), scheme)
    if "code" not in _list(said, "response_types_supported", ["code"]):
        raise UpstreamRefusedError("it knows no authorization code")
    if "S256" not in _list(said, "code_challenge_methods_supported", ["S256"]):
        raise UpstreamRefusedError("it knows no PKCE with S256")
    if not ALGORITHMS & set(_list(said, "id_token_signing_alg_values_supported", ["RS256"])):
        raise UpstreamRefusedError("it signs ID tokens by nothing that is taken here")
    _list(said, "token_endpoint_auth_methods_supported", [])


def _check_address(name: str, value: Any, scheme: str) -> None:
    parts = urlsplit(value) if isinstance(value, str) and value.isascii() else None
    # In development an issuer may be without TLS; whoever has it does not leave it.
    if parts is None or parts.scheme not in {"https", scheme} or not parts.hostname:
        raise UpstreamRefusedError(f"{name} is no address of a web server")
    if parts.fragment or parts.username is not None:
        raise UpstreamRefusedError(f"{name} has a fragment or a user name")


def _list(said: Mapping[str, Any], name: str, otherwise: list[str]) -> list[str]:
    value = said.get(name, otherwise)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise UpstreamRefusedError(f"{name} is no list of texts")
    return value
