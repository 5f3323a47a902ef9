"""grant_type=client_credentials (RFC 6749 §4.4): a client acts for itself. No statement."""

from collections.abc import Iterable

from django.utils import timezone

from claims.catalogue.assurance import is_within_reach
from claims.catalogue.scopes import CatalogueEntry, found
from claims.names.standard import SCOPE_CLAIMS
from foundation.directory.models import Client
from idp.errors import UnauthorizedClientError
from idp.token_requests.audience import audience_within
from idp.token_requests.details import refuse_details
from idp.token_requests.request import TokenRequest
from idp.token_requests.scopes import entries_for, narrowed
from idp.tokens.issue import Issue
from idp.tokens.single_use import SingleUseTerms

ABOUT_PEOPLE = frozenset({"openid", "offline_access", *SCOPE_CLAIMS})
"""Scopes that make no sense without a person (OIDC Core §3.1.2.1, §5.4, §11)."""


def issue_for_client(request: TokenRequest, client: Client) -> Issue:
    """Give a confidential client a token of its own; never a refresh token (§4.4.3)."""
    refuse_details(request)
    if client.is_public:
        raise UnauthorizedClientError("Only confidential clients may use this grant type.")
    held = {entry.name: entry for entry in held_by(client, request.scopes)}
    scopes = narrowed(request, held)
    audience = audience_within(request, client, granted=[], scopes=scopes, terms=SingleUseTerms())
    return Issue(
        client=client,
        audience=audience,
        entries=entries_for(audience, [held[name] for name in scopes]),
        now=timezone.now(),
        cnf=request.cnf,
    )


def held_by(client: Client, asked: Iterable[str]) -> list[CatalogueEntry]:
    """Return what a client holds of its own: of a template, the values that it asks for (§3.3).

    Nobody has signed in, so nothing that needs a strong sign-in is among them.
    """
    registered = client.scopes
    entries = found(dict.fromkeys([*client.scope.split(), *asked]))
    return [
        entry
        for entry in entries
        if entry.template in registered
        and entry.name not in ABOUT_PEOPLE
        and is_within_reach(entry, acr="")
    ]
