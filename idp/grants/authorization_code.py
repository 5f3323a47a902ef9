"""grant_type=authorization_code (RFC 6749 §4.1.3, OIDC Core §3.1.3)."""

import json
from dataclasses import replace
from typing import Any

from django.utils import timezone
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.grant_types.base import GrantTypeBase

from consent.details import for_audience
from idp.engine.details_request import narrowed_details
from idp.engine.token_request import (
    arrival_of,
    audience_for,
    client_for,
    form_of,
    required,
    scopes_for,
    targets,
)
from idp.errors import InvalidGrantError
from idp.models.client import GrantType
from idp.pkce import proves
from idp.tokens import approvals, families, lookup
from idp.tokens.approvals import ApprovalGoneError
from idp.tokens.families import LostRaceError
from idp.tokens.issue import Issue
from idp.tokens.lookup import Standing
from idp.tokens.payloads import new_jti
from idp.tokens.single_use import terms_of


class AuthorizationCodeGrant(GrantTypeBase):
    """Exchange a code for tokens, once."""

    def create_token_response(
        self, request: Request, token_handler: Any
    ) -> tuple[dict[str, str], str, int]:
        """Return headers, JSON and status; raises `OAuthError`."""
        client = client_for(request, GrantType.AUTHORIZATION_CODE)
        code, redirect_uri = required(request, "code"), required(request, "redirect_uri")
        standing = lookup.by_code(code, client_pk=client.pk)
        if standing is None:
            raise InvalidGrantError
        refuse_reuse(standing, request)
        refuse_wrong_proof(standing, request, redirect_uri)
        request.issue = redeem(standing, request)
        token = token_handler.create_token(request)
        return self._get_default_headers(), json.dumps(token), 200


def refuse_reuse(standing: Standing, request: Request) -> None:
    """Refuse a used code; a replay ends what the code gave (RFC 6749 §4.1.2)."""
    redeemed_at = standing.get("redeemed_at")
    if redeemed_at is not None:
        arrived_at = arrival_of(request)
        families.refuse_second_use(standing, used_at=redeemed_at, arrived_at=arrived_at)
        raise InvalidGrantError


def refuse_wrong_proof(standing: Standing, request: Request, redirect_uri: str) -> None:
    """Check redirect URI (RFC 6749 §4.1.3) and PKCE (RFC 7636 §4.6); a failure burns the code."""
    verifier = form_of(request).get("code_verifier")
    if (
        redirect_uri == standing.row["redirect_uri"]
        and proves(verifier, standing.row["code_challenge"])
        and standing.row["expires"] > arrival_of(request)
        and standing.is_alive
    ):
        return
    families.revoke_families(timezone.now(), pk=standing.get("pk"))
    raise InvalidGrantError


def redeem(standing: Standing, request: Request) -> Issue:
    """Use the code and return what its tokens are made from."""
    now = timezone.now()
    scopes = standing.live_scopes(standing.row["scope"].split(), now)
    details = narrowed_details(request, standing.row["authorization_details"])
    terms = terms_of(details)
    permitted, default = targets(request.client, standing.row["resource"], scopes)
    if terms.are_for_one_use:
        permitted, default = [terms.audience], terms.audience
    audience = audience_for(request, permitted=permitted, default=default)
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
        nonce=standing.row["nonce"],
        jti=new_jti(standing.get("token_family")),
        lifetime=terms.lifetime,
        **standing.issue_facts(for_audience(details, audience)),
    )
    return replace(issue, refresh_token=use_code(standing, issue, wants_refresh_token))


def use_code(standing: Standing, issue: Issue, wants_refresh_token: bool) -> str | None:
    """Use the code up, and the approvals that its token is for; return the refresh token, if any.

    Whoever comes second, or with an approval that does not stand any more, gets nothing. The code
    of such an approval is worth nothing afterwards, nor is anything else that it was for.
    """
    try:
        return approvals.redeem(standing, issue, with_refresh_token=wants_refresh_token)
    except LostRaceError:
        raise InvalidGrantError from None
    except ApprovalGoneError:
        families.revoke_families(issue.now, pk=standing.get("pk"))
        raise InvalidGrantError from None
