"""What the provider says of itself (RFC 8414), and what this resource server says (RFC 9728)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from scopeward_guard._base.errors import UnavailableError
from scopeward_guard._binding.schemas import QUERY_TYPE
from scopeward_guard._provider.algorithms import ALGORITHMS
from scopeward_guard._provider.settings import GuardSettings, is_safe_address
from scopeward_guard._provider.transport import Provider

WELL_KNOWN_RESOURCE = "/.well-known/oauth-protected-resource"


@dataclass(frozen=True, slots=True)
class ProviderMetadata:
    """What a resource server needs of the provider's metadata (RFC 8414 §2)."""

    issuer: str
    jwks_uri: str
    introspection_endpoint: str = ""


def discovering(provider: Provider) -> Callable[[], ProviderMetadata]:
    """Return what fetches the provider's metadata, for `Refreshed` to call."""

    def load() -> ProviderMetadata:
        url = f"{provider.issuer}/.well-known/openid-configuration"
        return parse_provider_metadata(provider.get_document(url), issuer=provider.issuer)

    return load


def parse_provider_metadata(body: Mapping[str, Any], *, issuer: str) -> ProviderMetadata:
    """Read the document; raises `UnavailableError` if it is of another issuer (RFC 8414 §3.3)."""
    if body.get("issuer") != issuer:
        raise UnavailableError("the metadata are of another issuer")
    jwks_uri = body.get("jwks_uri")
    introspection = body.get("introspection_endpoint", "")
    for address in filter(None, (jwks_uri, introspection)):
        if not isinstance(address, str) or not is_safe_address(address):
            raise UnavailableError("an endpoint that is not https")
    if not jwks_uri:
        raise UnavailableError("the provider names no jwks_uri")
    return ProviderMetadata(issuer, jwks_uri, introspection)


def resource_metadata_path(resource: str) -> str:
    """Return where the metadata of a resource are: the path comes behind (RFC 9728 §3.1)."""
    return WELL_KNOWN_RESOURCE + urlsplit(resource).path.rstrip("/")


def resource_metadata_url(resource: str) -> str:
    """Return the address for the challenge's `resource_metadata` (RFC 9728 §5.1)."""
    parts = urlsplit(resource)
    return urlunsplit(
        (parts.scheme, parts.netloc, resource_metadata_path(resource), parts.query, "")
    )


def resource_metadata(
    settings: GuardSettings, *, scopes: tuple[str, ...] = (), name: str = ""
) -> dict[str, Any]:
    """Return the protected resource metadata (RFC 9728 §2), empty members left out."""
    members: dict[str, Any] = {
        "resource": settings.resource,
        "authorization_servers": [settings.issuer],
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": list(ALGORITHMS),
        "authorization_details_types_supported": [QUERY_TYPE],
        "scopes_supported": sorted(scopes),
        "resource_name": name,
    }
    return {member: value for member, value in members.items() if value}
