"""grant_type=client_credentials (RFC 6749 §4.4): a client acts for itself. No statement."""

import json
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.grant_types.base import GrantTypeBase

from claims.catalogue.assurance import is_within_reach
from claims.catalogue.scopes import find
from claims.names.standard import SCOPE_CLAIMS
from foundation.directory.models import Client
from foundation.directory.models.client_choices import GrantType
from idp.errors import UnauthorizedClientError
from idp.token_requests.details import refuse_details
from idp.token_requests.steps import (
    audience_for,
    client_for,
    form_of,
    narrowed,
    scopes_for,
    targets,
)
from idp.tokens.issue import Issue

ABOUT_PEOPLE = frozenset({"openid", "offline_access", *SCOPE_CLAIMS})
"""Scopes that make no sense without a person (OIDC Core §3.1.2.1, §5.4, §11)."""


class ClientCredentialsGrant(GrantTypeBase):
    """Give a confidential client a token of its own; never a refresh token (§4.4.3)."""

    def create_token_response(
        self, request: Request, token_handler: Any
    ) -> tuple[dict[str, str], str, int]:
        """Return headers, JSON and status; raises `OAuthError`."""
        client = client_for(request, GrantType.CLIENT_CREDENTIALS)
        refuse_details(request)
        if client.is_public:
            raise UnauthorizedClientError("Only confidential clients may use this grant type.")
        scopes = narrowed(request, held_by(client, form_of(request).get("scope", "").split()))
        permitted, default = targets(client, [], scopes)
        audience = audience_for(request, permitted=permitted, default=default)
        request.issue = Issue(
            client=client,
            audience=audience,
            scopes=scopes_for(audience, scopes),
            now=timezone.now(),
        )
        token = token_handler.create_token(request)
        return self._get_default_headers(), json.dumps(token), 200


def held_by(client: Client, asked: Iterable[str]) -> list[str]:
    """Return what a client holds of its own: of a template, the values that it asks for (§3.3).

    Nobody has signed in, so nothing that needs a strong sign-in is among them.
    """
    registered = client.scopes
    concrete = (name for name in asked if (entry := find(name)) and entry.template in registered)
    names = dict.fromkeys([*client.scope.split(), *concrete])
    return [name for name in names if name not in ABOUT_PEOPLE and is_within_reach(name, acr="")]
