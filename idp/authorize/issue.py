"""The end of a granted request: a code for exactly what the grant holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from foundation.directory.models import Client
from foundation.directory.sign_in import SignIn
from idp.authorize.request import AuthorizationRequest
from idp.tokens.families.opening import open_family

if TYPE_CHECKING:
    from consent.models import Grant


@dataclass(frozen=True)
class Granted:
    """What a code is for: scopes that the grant holds, and details that were approved."""

    grant: "Grant"
    scopes: tuple[str, ...]
    details: tuple[Mapping[str, Any], ...] = ()
    acr: str = ""
    """The level to tell of; empty: the one that was reached."""


def issue_code(
    request: AuthorizationRequest, client: Client, sign_in: SignIn, granted: Granted, now: datetime
) -> str:
    """Write the code and the family it opens; return the code (RFC 6749 §4.1.2)."""
    facts = {
        "user": sign_in.user,
        "application": client,
        "grant": granted.grant,
        "scope": " ".join(granted.scopes),
        "resource": list(request.resource),
        "sid": sign_in.sid,
        "auth_time": sign_in.proved_at,
        "acr": granted.acr or sign_in.acr,
        "amr": list(sign_in.amr),
        "requested_claims": request.requested_claims,
        "authorization_details": list(granted.details),
        "cnf": {"jkt": request.dpop_jkt} if request.dpop_jkt else {},
    }
    code = {
        "redirect_uri": request.redirect_uri,
        "nonce": request.nonce,
        "code_challenge": request.code_challenge,
        "code_challenge_method": request.code_challenge_method,
    }
    return open_family(facts=facts, code=code, now=now)
