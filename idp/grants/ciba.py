"""grant_type=urn:openid:params:grant-type:ciba (CIBA Core §10.1, §11)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from claims.catalogue.details import for_audience
from consent.approvals.use.minting import Minting, mint_details
from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.backchannel.outcome import BackchannelOutcome, BackchannelState, outcome_of
from idp.backchannel.selectors import find_for_client
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
from idp.token_requests.audience import audience_for
from idp.token_requests.details import narrowed_details
from idp.token_requests.first_tokens import issue_first_tokens
from idp.token_requests.request import TokenRequest
from idp.tokens.approvals import ApprovalGoneError
from idp.tokens.families import lookup
from idp.tokens.families.opening import open_unnamed
from idp.tokens.families.standing import FamilyStanding
from idp.tokens.families.store import LostRaceError
from idp.tokens.issue import Issue
from idp.tokens.payloads import new_jti
from idp.tokens.single_use import terms_of

REFUSALS: dict[BackchannelState, type[OAuthError]] = {
    BackchannelState.USED: InvalidGrantError,
    BackchannelState.EXPIRED: ExpiredTokenError,
    BackchannelState.DENIED: AccessDeniedError,
}


def issue_for_auth_req_id(request: TokenRequest, client: Client) -> Issue:
    """Exchange an `auth_req_id` for tokens, once, when it was granted; raises `OAuthError`."""
    found = find_for_client(request.required("auth_req_id"), client)
    if found is None:
        raise InvalidGrantError
    now = timezone.now()
    outcome = outcome_of(found, now=now)
    refuse_unless_granted(found, outcome, now=now)
    fetch = fetch_for_person if found.user_id else fetch_for_client
    return fetch(found, outcome, request, now=now)


def refuse_unless_granted(
    found: BackchannelRequest, outcome: BackchannelOutcome, *, now: datetime
) -> None:
    """Raise what CIBA Core §11 says. Only polls without an answer are counted."""
    if outcome.state in REFUSALS:
        raise REFUSALS[outcome.state]
    if outcome.state is BackchannelState.WAITING:
        raise AuthorizationPendingError if note_poll(found, now=now) else SlowDownError


def fetch_for_person(
    found: BackchannelRequest, outcome: BackchannelOutcome, request: TokenRequest, *, now: datetime
) -> Issue:
    """Use the `auth_req_id` up, and return what its tokens are made from.

    All or nothing: what the token request asks for in vain leaves the `auth_req_id` unused.
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


def fetch_for_client(
    found: BackchannelRequest, outcome: BackchannelOutcome, request: TokenRequest, *, now: datetime
) -> Issue:
    """Use the `auth_req_id` up, and the approvals: a client acts for itself (our extension)."""
    details = narrowed_details(request, found.client, outcome.details)
    terms = terms_of(details)
    audience = audience_for(request, permitted=[terms.audience], default=terms.audience)
    issue = Issue(
        client=found.client,
        audience=audience,
        now=now,
        jti=new_jti(None),
        lifetime=terms.lifetime,
        authorization_details=tuple(for_audience(details, audience)),
        cnf=request.cnf,
    )
    ends_at = now + timedelta(seconds=issue.access_token_lifetime)
    with transaction.atomic():
        if not use_up(found, now=now):
            raise InvalidGrantError
        if not mint_details(issue.authorization_details, Minting(issue.jti, ends_at, ends_at)):
            raise AccessDeniedError
    return issue


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
