"""grant_type=refresh_token (RFC 6749 §6, OIDC Core §12), always rotating (RFC 9700 §4.14.2)."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.grant_types.base import GrantTypeBase

from claims.catalogue.details import for_audience
from consent.approvals.use.minting import in_force_until
from foundation.base import conf
from foundation.base.secrets import matches
from foundation.directory.models.client_choices import GrantType
from idp.errors import InvalidGrantError, InvalidScopeError
from idp.token_requests.details import narrowed_details
from idp.token_requests.steps import (
    arrival_of,
    audience_for,
    client_for,
    narrowed,
    required,
    scopes_for,
    targets,
)
from idp.tokens.families import lookup, rotation, store as families
from idp.tokens.families.standing import Standing
from idp.tokens.families.store import LostRaceError
from idp.tokens.issue import Issue
from idp.tokens.single_use import lifetime_left, reusable, terms_of

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
        try:
            return use(standing, secret, request)
        except LostRaceError:
            continue
    raise InvalidGrantError


def use(standing: Standing, secret: str, request: Request) -> Issue:
    """Rotate the token, or repeat the answer to a rotation that was lost.

    Any other token that was rotated has been copied, so the family ends (RFC 9700 §4.14.2).
    `LostRaceError` when the token was used or the grant changed meanwhile.
    """
    if not standing.is_alive:
        raise InvalidGrantError
    if matches(secret, standing.get("token_checksum")):
        return issue_for(standing, request, partial(rotation.rotate, standing, secret=secret))
    arrived_at, rotated_at = arrival_of(request), standing.get("rotated_at")
    successor = unused_successor(standing, secret, arrived_at)
    if successor is None:
        families.refuse_second_use(standing, used_at=rotated_at, arrived_at=arrived_at)
        raise InvalidGrantError
    issue = issue_for(standing, request, partial(rotation.repeat, standing, successor=successor))
    # It ends with the one that was lost: whoever revokes goes by when the family was rotated.
    age = max(0, math.ceil((issue.now - rotated_at).total_seconds()))
    return replace(issue, lifetime=max(1, issue.access_token_lifetime - age))


def unused_successor(standing: Standing, secret: str, arrived_at: datetime) -> str | None:
    """Return what followed this token a moment ago and has not been used; None: nothing.

    Then the answer may have been lost, and the client has nothing else to come with.
    """
    rotated_at, grace = standing.get("rotated_at"), conf.current().refresh_grace
    if not grace or rotated_at is None or arrived_at > rotated_at + timedelta(seconds=grace):
        return None
    current = standing.get("token_checksum")
    found = (each for each in rotation.successors(standing, secret) if matches(each, current))
    return next(found, None)


def issue_for(standing: Standing, request: Request, use_up: Callable[..., str]) -> Issue:
    """Return what the new tokens are made from; `use_up` gives the refresh token of the answer."""
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
        refresh_token=use_up(now=now),
        single_claims=standing.single_claims(request.client, now),
        **standing.issue_facts(carried),
    )
