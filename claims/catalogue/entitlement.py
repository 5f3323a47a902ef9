"""What an application may have at this moment, by its registration: the one rule.

What an administrator changes holds at once, so this is asked whenever something is shown, decided,
minted, refreshed, exchanged, introspected or used, and not only when a request arrives. Everything
here leaves out what is not open any more: whoever calls decides whether that narrows the answer or
refuses it. What was taken from an application and is given back counts again: grants keep what
people decided.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from claims.catalogue.details.catalogue import known_type
from claims.catalogue.details.detail import audiences_of
from claims.catalogue.scopes import CatalogueEntry
from foundation.directory.models import Client

OFFLINE_ACCESS = "offline_access"
REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the name of a grant type (RFC 7591 §2)

Held = Mapping[str, Any]


def entries_open_to(
    client: Client, entries: Iterable[CatalogueEntry]
) -> tuple[CatalogueEntry, ...]:
    """Return the scopes that it may have, in the order given.

    `offline_access` takes the grant type `refresh_token` besides (OIDC Core §11). No statement.
    """
    if not client.is_active:
        return ()
    registered, may_refresh = client.scopes, REFRESH_TOKEN in client.grant_types
    return tuple(
        entry
        for entry in entries
        if entry.is_active
        and entry.template in registered
        and (may_refresh or entry.name != OFFLINE_ACCESS)
    )


def audiences_open_to(client: Client, audiences: Iterable[str], issuer: str) -> list[str]:
    """Return the audiences it may have tokens for (RFC 8707 §2): its own, and always ourselves."""
    permitted = {issuer, *client.resources} if client.is_active else set()
    return [audience for audience in audiences if audience in permitted]


def may_hold_detail(client: Client, detail: Held) -> bool:
    """Whether it may have a detail (RFC 9396 §2): type and places are its own, the type in use.

    No statement.
    """
    entry = known_type(detail.get("type"))
    if entry is None or not client.is_active:
        return False
    if entry.type not in client.authorization_details_types:
        return False
    return set(audiences_of(entry, detail)) <= set(client.resources)


def details_open_to(client: Client, details: Iterable[Held]) -> list[Held]:
    """Return the details that are open to the application. No statement."""
    return [detail for detail in details if may_hold_detail(client, detail)]
