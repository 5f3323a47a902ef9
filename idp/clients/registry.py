"""Registered clients, kept in process under the configuration epoch."""

from idp.models import Client
from claims.epoch import Kept


def _load() -> dict[str, Client]:
    return {client.client_id: client for client in Client.objects.all()}


_clients = Kept(_load)


def find_client(client_id: str) -> Client | None:
    """Return the active client with this id; the row is shared and must not be changed."""
    client = _clients.get().get(client_id)
    return client if client is not None and client.is_active else None


def allowed_origins() -> frozenset[str]:
    """Return the web origins of all active clients."""
    return _origins.get()


def _load_origins() -> frozenset[str]:
    from idp.cors import origin_of

    origins: set[str] = set()
    for client in _clients.get().values():
        if client.is_active:
            uris = [*client.redirect_uris.split(), *client.allowed_origins.split()]
            origins |= {origin for uri in uris if (origin := origin_of(uri))}
    return frozenset(origins)


_origins = Kept(_load_origins)


def audiences() -> dict[str, Client]:
    """Return the resource servers by their audience."""
    return _audiences.get()


def _load_audiences() -> dict[str, Client]:
    return {
        client.resource_server: client
        for client in _clients.get().values()
        if client.resource_server and client.is_active
    }


_audiences = Kept(_load_audiences)
