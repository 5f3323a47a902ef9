"""The first tokens of an authorization: its family is used for the only time."""

from dataclasses import replace

from django.utils import timezone
from oauthlib.common import Request

from claims.catalogue.details import for_audience
from foundation.directory.models.client_choices import GrantType
from idp.errors import InvalidGrantError
from idp.token_requests.details import narrowed_details
from idp.token_requests.steps import audience_for, scopes_for, targets
from idp.tokens import approvals
from idp.tokens.families.standing import Standing
from idp.tokens.issue import Issue
from idp.tokens.payloads import new_jti
from idp.tokens.single_use import terms_of


def redeem(standing: Standing, request: Request) -> Issue:
    """Use the family and return what its first tokens are made from.

    `resource` and `authorization_details` of the request may narrow what was approved. Raises
    `OAuthError`; `LostRaceError` when somebody else was first or the grant has changed;
    `ApprovalGoneError` when an approval behind it does not stand any more.
    """
    now = timezone.now()
    scopes = standing.live_scopes(standing.row["scope"].split(), request.client, now)
    details = narrowed_details(request, standing.row["authorization_details"])
    if not (scopes or details):
        raise InvalidGrantError
    terms = terms_of(details)
    permitted, default = targets(request.client, standing.row["resource"], scopes)
    if terms.are_for_one_use:
        permitted = [terms.audience]
    # RFC 9396 §2.2: what was approved says by `locations` whom its token is for.
    default = terms.audience if terms.audience in permitted else default
    audience = audience_for(request, permitted=permitted, default=default)
    carried = for_audience(details, audience)
    wants_refresh_token = (
        "offline_access" in scopes
        and not terms.are_for_one_use
        and request.client.allows_grant_type(GrantType.REFRESH_TOKEN)
    )
    issue = Issue(
        client=request.client,
        audience=audience,
        scopes=scopes_for(audience, scopes),
        now=now,
        nonce=standing.row.get("nonce", ""),
        jti=new_jti(standing.get("token_family")),
        lifetime=terms_of(carried).lifetime,
        single_claims=standing.single_claims(request.client, now),
        **standing.issue_facts(carried),
    )
    refresh_token = approvals.redeem(standing, issue, with_refresh_token=wants_refresh_token)
    return replace(issue, refresh_token=refresh_token)
