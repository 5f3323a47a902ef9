"""grant_type=authorization_code (RFC 6749 §4.1.3, OIDC Core §3.1.3)."""

from django.utils import timezone

from foundation.directory.models import Client
from foundation.directory.redirects import is_registered
from idp.errors import InvalidGrantError
from idp.protocol.pkce import proves
from idp.token_requests.first_tokens import issue_first_tokens
from idp.token_requests.request import TokenRequest
from idp.tokens.approvals import ApprovalGoneError
from idp.tokens.families import lookup, store as families
from idp.tokens.families.standing import FamilyStanding
from idp.tokens.families.store import LostRaceError
from idp.tokens.issue import Issue


def issue_for_code(request: TokenRequest, client: Client) -> Issue:
    """Exchange a code for tokens, once; raises `OAuthError`."""
    code, redirect_uri = request.required("code"), request.required("redirect_uri")
    standing = lookup.by_code(code, client_pk=client.pk)
    if standing is None:
        raise InvalidGrantError
    refuse_reuse(standing, request)
    if not is_proven(standing, request, client, redirect_uri):
        families.revoke_families(timezone.now(), pk=standing.get("pk"))
        raise InvalidGrantError
    return use_code(standing, request, client)


def refuse_reuse(standing: FamilyStanding, request: TokenRequest) -> None:
    """Refuse a used code; a replay ends what the code gave (RFC 6749 §4.1.2)."""
    redeemed_at, arrived_at = standing.get("redeemed_at"), request.arrived_at
    if redeemed_at is not None:
        families.refuse_second_use(standing, used_at=redeemed_at, arrived_at=arrived_at)
        raise InvalidGrantError


def is_proven(
    standing: FamilyStanding, request: TokenRequest, client: Client, redirect_uri: str
) -> bool:
    """Check redirect URI (RFC 6749 §4.1.3) and PKCE (RFC 7636 §4.6); a failure burns the code.

    So does a redirect URI that has been taken from the client since.
    """
    return bool(
        redirect_uri == standing.row["redirect_uri"]
        and is_registered(redirect_uri, client.redirect_uris.split())
        and proves(request.form.get("code_verifier"), standing.row["code_challenge"])
        and standing.row["cnf"] in ({}, request.cnf)  # RFC 9449 §10: `dpop_jkt`
        and standing.row["expires"] > request.arrived_at
        and standing.is_alive_for(client)
    )


def use_code(standing: FamilyStanding, request: TokenRequest, client: Client) -> Issue:
    """Use the code up, and the approvals that its token is for.

    Whoever comes second, or with an approval that does not stand any more, gets nothing. The code
    of such an approval is worth nothing afterwards, nor is anything else that it was for.
    """
    try:
        return issue_first_tokens(standing, request, client)
    except LostRaceError:
        raise InvalidGrantError from None
    except ApprovalGoneError:
        families.revoke_families(timezone.now(), pk=standing.get("pk"))
        raise InvalidGrantError from None
