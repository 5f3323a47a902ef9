"""The first tokens of an authorization: its family is used for the only time."""

from dataclasses import replace

from django.utils import timezone

from claims.catalogue.details import for_audience
from foundation.directory.models import Client
from foundation.directory.models.client_choices import GrantType
from idp.errors import InvalidGrantError
from idp.token_requests.audience import audience_within
from idp.token_requests.details import narrowed_details
from idp.token_requests.request import TokenRequest
from idp.token_requests.scopes import entries_for
from idp.tokens.approvals import redeem_with_approvals
from idp.tokens.families.standing import FamilyStanding
from idp.tokens.issue import Issue
from idp.tokens.payloads import new_jti
from idp.tokens.single_use import terms_of


def issue_first_tokens(standing: FamilyStanding, request: TokenRequest, client: Client) -> Issue:
    """Use the family and return what its first tokens are made from.

    `resource` and `authorization_details` of the request may narrow what was approved. Raises
    `OAuthError`; `LostRaceError` when somebody else was first or the grant has changed;
    `ApprovalGoneError` when an approval behind it does not stand any more.
    """
    now = timezone.now()
    entries = standing.live_entries(standing.row["scope"].split(), client, now)
    scopes = [entry.name for entry in entries]
    details = narrowed_details(request, client, standing.row["authorization_details"])
    if not (scopes or details):
        raise InvalidGrantError
    terms, granted = terms_of(details), standing.row["resource"]
    audience = audience_within(request, client, granted=granted, scopes=scopes, terms=terms)
    carried = for_audience(details, audience)
    wants_refresh_token = (
        "offline_access" in scopes
        and not terms.are_for_one_use
        and client.allows_grant_type(GrantType.REFRESH_TOKEN)
    )
    issue = Issue(
        client=client,
        audience=audience,
        entries=entries_for(audience, entries),
        now=now,
        nonce=standing.row.get("nonce", ""),
        jti=new_jti(standing.get("token_family")),
        lifetime=terms_of(carried).lifetime,
        single_claims=standing.single_claims(client, now),
        cnf=request.cnf,
        **standing.issue_facts(carried),
    )
    token = redeem_with_approvals(standing, issue, with_refresh_token=wants_refresh_token)
    return replace(issue, refresh_token=token)
