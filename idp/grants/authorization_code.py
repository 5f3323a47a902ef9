"""grant_type=authorization_code (RFC 6749 §4.1.3, OIDC Core §3.1.3)."""

import json
from typing import Any

from django.utils import timezone
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.grant_types.base import GrantTypeBase

from foundation.directory.models.client_choices import GrantType
from foundation.directory.redirects import is_registered
from idp.errors import InvalidGrantError
from idp.pkce import proves
from idp.token_requests.first_tokens import redeem
from idp.token_requests.steps import arrival_of, client_for, form_of, required
from idp.tokens.approvals import ApprovalGoneError
from idp.tokens.families import lookup, store as families
from idp.tokens.families.standing import Standing
from idp.tokens.families.store import LostRaceError
from idp.tokens.issue import Issue


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
        request.issue = use_code(standing, request)
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
    """Check redirect URI (RFC 6749 §4.1.3) and PKCE (RFC 7636 §4.6); a failure burns the code.

    So does a redirect URI that has been taken from the client since.
    """
    verifier = form_of(request).get("code_verifier")
    if (
        redirect_uri == standing.row["redirect_uri"]
        and is_registered(redirect_uri, request.client.redirect_uris.split())
        and proves(verifier, standing.row["code_challenge"])
        and standing.row["expires"] > arrival_of(request)
        and standing.is_alive
    ):
        return
    families.revoke_families(timezone.now(), pk=standing.get("pk"))
    raise InvalidGrantError


def use_code(standing: Standing, request: Request) -> Issue:
    """Use the code up, and the approvals that its token is for.

    Whoever comes second, or with an approval that does not stand any more, gets nothing. The code
    of such an approval is worth nothing afterwards, nor is anything else that it was for.
    """
    try:
        return redeem(standing, request)
    except LostRaceError:
        raise InvalidGrantError from None
    except ApprovalGoneError:
        families.revoke_families(timezone.now(), pk=standing.get("pk"))
        raise InvalidGrantError from None
