"""The sign-in behind a browser session: when, how, and its session id (OIDC Core §2)."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from foundation.directory.models import User
from foundation.directory.risk import state

ACR_ONE_FACTOR = "urn:scopeward:acr:1"
"""Its place among the others is in the setting ACR_LEVELS."""

AMR_OF_METHOD = {"password": "pwd"}
"""RFC 8176 §2."""
SID_KEY = "sid"


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who is signed in to this browser, since when and how."""

    user: User
    auth_time: datetime
    acr: str
    amr: tuple[str, ...]
    sid: str
    is_doubted: bool = False
    """Too unusual to count before the person has confirmed it; docs/risk.md."""
    risk: int = 0
    """0 to 100."""


def current_sign_in(request: HttpRequest) -> SignIn | None:
    """Return the sign-in of this session, None when there is none that says when and how."""
    if not isinstance(request.user, User):
        return None
    records = get_authentication_records(request, request.user)
    if not records:
        return None
    remembered = state.read(request.session)
    methods = {record["method"] for record in records}
    return SignIn(
        user=request.user,
        auth_time=datetime.fromtimestamp(max(record["at"] for record in records), UTC),
        acr=ACR_ONE_FACTOR,
        amr=tuple(sorted(AMR_OF_METHOD[method] for method in methods & AMR_OF_METHOD.keys())),
        sid=session_id(request),
        is_doubted=remembered is not None and remembered.is_doubted(ACR_ONE_FACTOR),
        risk=remembered.risk.score if remembered else 0,
    )


def session_id(request: HttpRequest) -> str:
    """Return this session's `sid`, made on first use; it says nothing about the session key."""
    if SID_KEY not in request.session:
        request.session[SID_KEY] = secrets.token_urlsafe(18)
    return str(request.session[SID_KEY])
