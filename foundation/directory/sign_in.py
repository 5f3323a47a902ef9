"""The sign-in behind a browser session: when, how, and its session id (OIDC Core §2)."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from foundation.directory.factors.proofs import Proof, amr_of, strength_of
from foundation.directory.levels import acr_of
from foundation.directory.models import User
from foundation.directory.risk import state

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
    proofs: tuple[Proof, ...] = ()
    """Every way in which the person proved in this session who they are."""

    def acr_since(self, moment: datetime) -> str:
        """Return the level by what was proved since then, empty when nothing was.

        Who demands a level *and* a young sign-in demands that the factors of that level are young:
        a password of just now does not make the passkey of this morning a fresh one.
        """
        young = [proof for proof in self.proofs if proof.at >= moment]
        return acr_of(strength_of(young)) if young else ""


def current_sign_in(request: HttpRequest) -> SignIn | None:
    """Return the sign-in of this session, None when there is none that says when and how."""
    if not isinstance(request.user, User):
        return None
    records = get_authentication_records(request, request.user)
    if not records:
        return None
    remembered = state.read(request.session)
    proofs = tuple(map(Proof.of_record, records))
    acr = acr_of(strength_of(proofs))
    return SignIn(
        user=request.user,
        auth_time=max(proof.at for proof in proofs),
        acr=acr,
        amr=amr_of(proofs),
        sid=session_id(request),
        is_doubted=remembered is not None and remembered.is_doubted(acr),
        risk=remembered.risk.score if remembered else 0,
        proofs=proofs,
    )


def session_id(request: HttpRequest) -> str:
    """Return this session's `sid`, made on first use; it says nothing about the session key."""
    if SID_KEY not in request.session:
        request.session[SID_KEY] = secrets.token_urlsafe(18)
    return str(request.session[SID_KEY])
