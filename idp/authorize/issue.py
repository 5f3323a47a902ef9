"""The end of a granted request: a code for exactly what the grant holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from foundation.directory.models import Client
from foundation.directory.sign_in import SignIn
from idp.authorize.request import AuthorizationRequest
from idp.tokens.families.store import open_family

if TYPE_CHECKING:
    from consent.models import Grant


def issue_code(  # noqa: PLR0913 - what a code stands for
    request: AuthorizationRequest,
    *,
    client: Client,
    sign_in: SignIn,
    grant: "Grant",
    scopes: tuple[str, ...],
    now: datetime,
    approved_details: tuple[Mapping[str, Any], ...] = (),
) -> str:
    """Write the code and the family it opens; return the code (RFC 6749 §4.1.2)."""
    facts = {
        "user": sign_in.user,
        "application": client,
        "grant": grant,
        "scope": " ".join(scopes),
        "resource": list(request.resource),
        "sid": sign_in.sid,
        "auth_time": sign_in.auth_time,
        "acr": sign_in.acr,
        "amr": list(sign_in.amr),
        "requested_claims": request.requested_claims,
        "authorization_details": list(approved_details),
    }
    code = {
        "redirect_uri": request.redirect_uri,
        "nonce": request.nonce,
        "code_challenge": request.code_challenge,
        "code_challenge_method": request.code_challenge_method,
    }
    return open_family(facts=facts, code=code, now=now).code
