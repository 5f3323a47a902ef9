"""The scopes of a token: of what is held, what was asked for and concerns its audience."""

from collections.abc import Iterable

from claims.catalogue.scopes import CatalogueEntry
from foundation.base import conf
from idp.errors import InvalidScopeError
from idp.errors.base import named
from idp.grant_management import API_SCOPES
from idp.token_requests.request import TokenRequest


def narrowed(request: TokenRequest, held: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes asked for, all of which must be held (RFC 6749 §6)."""
    held, asked = tuple(held), request.scopes
    if not asked:
        return held
    if beyond := set(asked) - set(held):
        raise InvalidScopeError(f"Not part of what was granted: {named(beyond)}.")
    return tuple(scope for scope in held if scope in asked)


def entries_for(audience: str, scopes: Iterable[CatalogueEntry]) -> tuple[CatalogueEntry, ...]:
    """Return the scopes that concern an audience: those of other resource servers are left out."""
    issuer = conf.current().issuer
    return tuple(
        entry
        for entry in scopes
        if entry.resource_server in {"", audience}
        and (entry.name not in API_SCOPES or audience == issuer)
    )
