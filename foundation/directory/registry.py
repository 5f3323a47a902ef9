"""Registered clients, kept in process under the configuration epoch."""

from collections.abc import Collection

from foundation.base.configuration.kept import Derived, Kept
from foundation.base.configuration.one import look_for_newer
from foundation.directory.models import Client
from foundation.directory.redirects import origin_of


def _load() -> dict[str, Client]:
    return {client.client_id: client for client in Client.objects.all()}


_clients = Kept(_load)


def find_client(client_id: str) -> Client | None:
    """Return the active client with this id; the row is shared and must not be changed.

    One that is not known yet may have been registered by another process a moment ago, so the
    epoch is looked at before saying no.
    """
    client = _clients.get().get(client_id)
    if client is None:
        look_for_newer(_clients)
        client = _clients.get().get(client_id)
    return client if client is not None and client.is_active else None


def find_client_by_pk(pk: int) -> Client | None:
    """Return the active client with this primary key; the row is shared and must not be changed."""
    return _by_pk.get().get(pk)


def active_clients() -> Collection[Client]:
    """Return every active client; the rows are shared and must not be changed."""
    return [client for client in _clients.get().values() if client.is_active]


_by_pk = Derived(lambda: {client.pk: client for client in active_clients()})


def allowed_origins() -> frozenset[str]:
    """Return the web origins of all active clients."""
    return _origins.get()


def _load_origins() -> frozenset[str]:
    origins: set[str] = set()
    for client in active_clients():
        uris = [*client.redirect_uris.split(), *client.allowed_origins.split()]
        origins |= {origin for uri in uris if "://" in (origin := origin_of(uri))}
    return frozenset(origins)


_origins = Derived(_load_origins)


def resource_server_of(audience: str) -> Client | None:
    """Return the active resource server that is an audience, the one registered first."""
    return _resource_servers.get().get(audience)


def _load_resource_servers() -> dict[str, Client]:
    newest_first = sorted(active_clients(), key=lambda client: client.pk, reverse=True)
    return {client.resource_server: client for client in newest_first if client.resource_server}


_resource_servers = Derived(_load_resource_servers)


def audiences() -> frozenset[str]:
    """Return the audiences of all resource servers."""
    return frozenset(_resource_servers.get())
