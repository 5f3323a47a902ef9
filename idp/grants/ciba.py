"""grant_type=urn:openid:params:grant-type:ciba (CIBA Core §10.1, §11)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from claims.catalogue.details import for_audience
from consent.approvals.use.minting import Minting, mint_details
from foundation.directory.models import Client
from idp.answered.fetching import fetch_for_person, refuse_unless_granted
from idp.backchannel.outcome import BackchannelOutcome, outcome_of
from idp.backchannel.selectors import find_for_client
from idp.backchannel.services import use_up
from idp.errors import (
    AccessDeniedError,
    InvalidGrantError,
)
from idp.models import BackchannelRequest
from idp.token_requests.audience import audience_for
from idp.token_requests.details import narrowed_details
from idp.token_requests.request import TokenRequest
from idp.tokens.issue import Issue
from idp.tokens.payloads import new_jti
from idp.tokens.single_use import terms_of


def issue_for_auth_req_id(request: TokenRequest, client: Client) -> Issue:
    """Exchange an `auth_req_id` for tokens, once, when it was granted; raises `OAuthError`."""
    found = find_for_client(request.required("auth_req_id"), client)
    if found is None or found.is_of_a_device:
        raise InvalidGrantError
    now = timezone.now()
    outcome = outcome_of(found, now=now)
    refuse_unless_granted(found, outcome, now=now)
    fetch = fetch_for_person if found.user_id else fetch_for_client
    return fetch(found, outcome, request, now=now)


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
