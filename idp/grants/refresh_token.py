"""grant_type=refresh_token (RFC 6749 §6, OIDC Core §12), always rotating (RFC 9700 §4.14.2)."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone

from claims.catalogue.details import for_audience
from claims.catalogue.entitlement import OFFLINE_ACCESS
from consent.approvals.use.minting import in_force_until
from foundation.base import conf
from foundation.base.secrets import matches
from foundation.directory.models import Client
from idp.errors import InvalidGrantError, InvalidScopeError
from idp.token_requests.audience import audience_within
from idp.token_requests.details import narrowed_details
from idp.token_requests.request import TokenRequest
from idp.token_requests.scopes import entries_for, narrowed
from idp.tokens.families import lookup, rotation, store as families
from idp.tokens.families.standing import FamilyStanding
from idp.tokens.families.store import LostRaceError
from idp.tokens.issue import Issue
from idp.tokens.single_use import lifetime_left, reusable, terms_of

ATTEMPTS = 3
"""Reads again when the grant changed between reading and rotating, so a refresh only narrows."""


def issue_for_refresh_token(request: TokenRequest, client: Client) -> Issue:
    """Exchange a refresh token for new tokens and its successor; raises `OAuthError`."""
    token = request.required("refresh_token")
    for _ in range(ATTEMPTS):
        found = lookup.by_refresh_token(token, client_pk=client.pk)
        if found is None:
            raise InvalidGrantError
        standing, secret = found
        try:
            return use(standing, secret, request, client)
        except LostRaceError:
            continue
    raise InvalidGrantError


def use(standing: FamilyStanding, secret: str, request: TokenRequest, client: Client) -> Issue:
    """Rotate the token, or repeat the answer to a rotation that was lost.

    Any other token that was rotated has been copied, so the family ends (RFC 9700 §4.14.2).
    `LostRaceError` when the token was used or the grant changed meanwhile.
    """
    if not standing.is_alive_for(client) or not is_of_its_key(standing, request):
        raise InvalidGrantError
    if matches(secret, standing.get("token_checksum")):
        use_up = partial(rotation.rotate, standing, secret=secret)
        return issue_for(standing, request, client, use_up)
    arrived_at, rotated_at = request.arrived_at, standing.get("rotated_at")
    successor = unused_successor(standing, secret, arrived_at)
    if successor is None:
        families.refuse_second_use(standing, used_at=rotated_at, arrived_at=arrived_at)
        raise InvalidGrantError
    use_up = partial(rotation.repeat, standing, successor=successor)
    issue = issue_for(standing, request, client, use_up)
    # It ends with the one that was lost: whoever revokes goes by when the family was rotated.
    age = max(0, math.ceil((issue.now - rotated_at).total_seconds()))
    return replace(issue, lifetime=max(1, issue.access_token_lifetime - age))


def is_of_its_key(standing: FamilyStanding, request: TokenRequest) -> bool:
    """Say whether the key is there that a public client's token is bound to (RFC 9449 §5)."""
    bound_to = standing.row["cnf"]
    return not bound_to or bound_to == request.cnf


def unused_successor(standing: FamilyStanding, secret: str, arrived_at: datetime) -> str | None:
    """Return what followed this token a moment ago and has not been used; None: nothing.

    Then the answer may have been lost, and the client has nothing else to come with.
    """
    rotated_at, grace = standing.get("rotated_at"), conf.current().refresh_grace
    if not grace or rotated_at is None or arrived_at > rotated_at + timedelta(seconds=grace):
        return None
    current = standing.get("token_checksum")
    found = (each for each in rotation.successors(standing, secret) if matches(each, current))
    return next(found, None)


def issue_for(
    standing: FamilyStanding, request: TokenRequest, client: Client, use_up: Callable[..., str]
) -> Issue:
    """Return what the new tokens are made from; `use_up` gives the refresh token of the answer."""
    now = timezone.now()
    granted = narrowed(request, standing.get("scope").split())
    live = standing.live_entries(dict.fromkeys([*granted, OFFLINE_ACCESS]), client, now)
    if OFFLINE_ACCESS not in {entry.name for entry in live}:
        raise InvalidGrantError
    entries = [entry for entry in live if entry.name in granted]
    if granted and not entries:
        raise InvalidScopeError("What is asked for is not granted any more.")
    held = in_force_until(reusable(standing.row["authorization_details"])) or ()
    details = narrowed_details(request, client, [detail for detail, _ in held])
    audience = audience_within(
        request,
        client,
        granted=standing.get("resource"),
        scopes=[entry.name for entry in entries],
        terms=terms_of(details),
    )
    carried = for_audience(details, audience)
    if standing.get("expires") <= now:
        raise InvalidGrantError
    return Issue(
        client=client,
        audience=audience,
        entries=entries_for(audience, entries),
        now=now,
        lifetime=lifetime_left(carried, held, now=now),
        refresh_token=use_up(now=now),
        single_claims=standing.single_claims(client, now),
        cnf=request.cnf,
        **standing.issue_facts(carried),
    )
