"""Resource servers by their human names: who will be handed what a scope allows."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from foundation.base.configuration.epoch import Kept
from foundation.directory.models import Client


@dataclass(frozen=True)
class ResourceServer:
    """Who receives access tokens for one audience; `name` is the audience when it has none."""

    audience: str
    name: str


def resource_server(audience: str) -> ResourceServer:
    """Return who stands behind an audience. Warm: no statement."""
    return ResourceServer(audience, _names.get().get(audience) or audience)


def _load() -> Mapping[str, str]:
    model = Client
    rows = model.objects.filter(is_active=True).exclude(resource_server="").order_by("-pk")
    # The first one registered gives the name: a later one does not take it over.
    return MappingProxyType(dict(rows.values_list("resource_server", "name")))


_names = Kept(_load)
