"""grant_type=refresh_token (RFC 6749 §6, OIDC Core §12), always rotating (RFC 9700 §4.14.2)."""

import json
from typing import Any

from django.utils import timezone
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.grant_types.base import GrantTypeBase

from consent.approvals.minting import in_force_until
from consent.details import for_audience
from idp.client_authentication.secrets import matches
from idp.engine.details_request import narrowed_details
from idp.engine.token_request import (
    arrival_of,
    audience_for,
    client_for,
    narrowed,
    required,
    scopes_for,
    targets,
)
from idp.errors import InvalidGrantError, InvalidScopeError
from idp.models.client_choices import GrantType
from idp.tokens import families, lookup
from idp.tokens.families import LostRaceError
from idp.tokens.issue import Issue
from idp.tokens.single_use import lifetime_left, reusable, terms_of
from idp.tokens.standing import Standing

ATTEMPTS = 3
"""Reads again when the grant changed between reading and rotating, so a refresh only narrows."""


class RefreshTokenGrant(GrantTypeBase):
    """Exchange a refresh token for new tokens and its successor."""

    def create_token_response(
        self, request: Request, token_handler: Any
    ) -> tuple[dict[str, str], str, int]:
        """Return headers, JSON and status; raises `OAuthError`."""
        client = client_for(request, GrantType.REFRESH_TOKEN)
        token = required(request, "refresh_token")
        request.issue = refresh(request, token, client_pk=client.pk)
        answer = token_handler.create_token(request)
        return self._get_default_headers(), json.dumps(answer), 200


def refresh(request: Request, token: str, *, client_pk: int) -> Issue:
    """Rotate the refresh token and return what the new tokens are made from."""
    for _ in range(ATTEMPTS):
        found = lookup.by_refresh_token(token, client_pk=client_pk)
        if found is None:
            raise InvalidGrantError
        standing, secret = found
        refuse_replay(standing, secret, request)
        try:
            return rotate(standing, request)
        except LostRaceError:
            continue
    raise InvalidGrantError


def refuse_replay(standing: Standing, secret: str, request: Request) -> None:
    """Refuse a rotated token: somebody has copied it, so the family ends (RFC 9700 §4.14.2)."""
    if not standing.is_alive:
        raise InvalidGrantError
    if not matches(secret, standing.get("token_checksum")):
        rotated_at, arrived_at = standing.get("rotated_at"), arrival_of(request)
        families.refuse_second_use(standing, used_at=rotated_at, arrived_at=arrived_at)
        raise InvalidGrantError


def rotate(standing: Standing, request: Request) -> Issue:
    """Rotate; `LostRaceError` when the token was used or the grant changed meanwhile."""
    now = timezone.now()
    granted = narrowed(request, standing.get("scope").split())
    scopes = standing.live_scopes(granted, request.client, now)
    if not standing.live_scopes(["offline_access"], request.client, now):
        raise InvalidGrantError
    if granted and not scopes:
        raise InvalidScopeError("What is asked for is not granted any more.")
    held = in_force_until(reusable(standing.row["authorization_details"])) or ()
    details = narrowed_details(request, [detail for detail, _ in held])
    permitted, default = targets(request.client, standing.get("resource"), scopes)
    named = terms_of(details).audience
    audience = audience_for(
        request, permitted=permitted, default=named if named in permitted else default
    )
    carried = for_audience(details, audience)
    if standing.get("expires") <= now:
        raise InvalidGrantError
    return Issue(
        client=request.client,
        audience=audience,
        scopes=scopes_for(audience, scopes),
        now=now,
        lifetime=lifetime_left(carried, held, now=now),
        refresh_token=families.rotate(standing, now=now),
        **standing.issue_facts(carried),
    )
