"""`acr` as an essential claim (OIDC Core §5.5.1.1)."""

from foundation.directory.levels import levels
from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import UnmetAuthenticationRequirementsError


def check_acr(request: AuthorizationRequest, client: Client) -> None:
    """Unmet Authentication Requirements §2: say so when no sign-in here can be good enough."""
    wanted = essential_acrs(request)
    if wanted and not wanted & set(levels()):
        raise UnmetAuthenticationRequirementsError


def essential_acrs(request: AuthorizationRequest) -> set[str]:
    """Return the values one of which the sign-in must have; empty when any will do.

    One that is no text is none that a sign-in can have.
    """
    in_id_token = request.requested_claims.get("id_token") or {}
    acr = in_id_token.get("acr") or {}
    if not acr.get("essential"):
        return set()
    values = [acr["value"]] if "value" in acr else acr.get("values", [])
    return {value if isinstance(value, str) else "" for value in values}


def wished_acrs(request: AuthorizationRequest) -> list[str]:
    """Return the levels of `acr_values` that there are here, the preferred first.

    OIDC Core §3.1.2.1: a wish; RFC 9470 §5: met where it can be.
    """
    asked = str(request.acr_values or "").split()
    return [acr for acr in asked if acr in levels()]
