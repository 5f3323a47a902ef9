"""One request that has been answered, exchanged for its tokens (CIBA Core §10.1, RFC 8628 §3.4)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.backchannel.outcome import BackchannelOutcome, BackchannelState
from idp.backchannel.services import note_poll, use_up
from idp.errors import (
    AccessDeniedError,
    AuthorizationPendingError,
    ExpiredTokenError,
    InvalidGrantError,
    OAuthError,
    SlowDownError,
)
from idp.models import BackchannelRequest
from idp.token_requests.first_tokens import issue_first_tokens
from idp.token_requests.request import TokenRequest
from idp.tokens.approvals import ApprovalGoneError
from idp.tokens.families import lookup
from idp.tokens.families.opening import open_unnamed
from idp.tokens.families.standing import FamilyStanding
from idp.tokens.families.store import LostRaceError
from idp.tokens.issue import Issue

REFUSALS: dict[BackchannelState, type[OAuthError]] = {
    BackchannelState.USED: InvalidGrantError,
    BackchannelState.EXPIRED: ExpiredTokenError,
    BackchannelState.DENIED: AccessDeniedError,
}


def refuse_unless_granted(
    found: BackchannelRequest, outcome: BackchannelOutcome, *, now: datetime
) -> None:
    """Raise what CIBA Core §11 and RFC 8628 §3.5 say. Only polls without an answer are counted."""
    if outcome.state in REFUSALS:
        raise REFUSALS[outcome.state]
    if outcome.state is BackchannelState.WAITING:
        raise AuthorizationPendingError if note_poll(found, now=now) else SlowDownError


def fetch_for_person(
    found: BackchannelRequest, outcome: BackchannelOutcome, request: TokenRequest, *, now: datetime
) -> Issue:
    """Use the request up, and return what its tokens are made from.

    All or nothing: what the token request asks for in vain leaves it unused.
    """
    with transaction.atomic():
        if not use_up(found, now=now):
            raise InvalidGrantError
        family = open_unnamed(facts=facts_of(found, outcome), now=now)
        standing = lookup.by_family(family.token_family)
        if standing is None or not standing.is_alive_for(found.client):
            raise AccessDeniedError
        if not (is_anything_left(standing, found.client, now) or outcome.details):
            raise AccessDeniedError
        try:
            return issue_first_tokens(standing, request, found.client)
        except LostRaceError:
            # The grant was changed this very moment: the next poll goes by what it holds then.
            raise AuthorizationPendingError from None
        except ApprovalGoneError:
            raise AccessDeniedError from None


def is_anything_left(standing: FamilyStanding, client: Client, now: datetime) -> bool:
    """Whether a scope of those asked for is still granted, and open to the client."""
    return bool(standing.live_entries(standing.get("scope").split(), client, now))


def facts_of(found: BackchannelRequest, outcome: BackchannelOutcome) -> dict[str, Any]:
    """Return the columns of the family: what was asked, by whom it was answered, and how."""
    asked = AuthorizationRequest.from_json(found.parameters)
    assert found.consent_request is not None  # noqa: S101 - it was granted
    return {
        "user": found.user,
        "application": found.client,
        "grant_id": found.consent_request.grant_id,
        "scope": " ".join(asked.scopes),
        "resource": list(asked.resource),
        "sid": found.sid,
        "auth_time": found.auth_time,
        "acr": found.acr,
        "amr": list(found.amr),
        "authorization_details": list(outcome.details),
    }
