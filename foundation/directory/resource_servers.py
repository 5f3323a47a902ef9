"""Resource servers by their human names: who will be handed what a scope allows."""

from dataclasses import dataclass

from foundation.directory.registry import resource_server_of


@dataclass(frozen=True)
class ResourceServer:
    """Who receives access tokens for one audience; `name` is the audience when it has none."""

    audience: str
    name: str


def resource_server(audience: str) -> ResourceServer:
    """Return who stands behind an audience: the first one registered. Warm: no statement."""
    client = resource_server_of(audience)
    return ResourceServer(audience, (client.name if client else "") or audience)
