"""The sign-in behind a browser session: when, how, and its session id (OIDC Core §2)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from foundation.directory.factors.proofs import Proof, Strength, amr_of, strength_of
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
    was_doubted: bool = False
    """It counted only once it was confirmed, or does not count yet."""
    risk: int = 0
    """0 to 100."""
    proofs: tuple[Proof, ...] = ()
    """Every way in which the person proved in this session who they are."""

    @property
    def may_change_factors(self) -> bool:
        """Say whether this session may add a factor, or change one.

        Not while it is doubted, and after that not by the password alone: whoever stole it would
        add a factor of their own.
        """
        is_strong = strength_of(self.proofs) > Strength.ONE_FACTOR
        return not self.is_doubted and (is_strong or not self.was_doubted)

    def acr_since(self, moment: datetime) -> str:
        """Return the level by what was proved since then, empty when nothing was.

        Who demands a level *and* a young sign-in demands that the factors of that level are young:
        a password of just now does not make the passkey of this morning a fresh one.
        """
        young = self._proofs_since(moment)
        return acr_of(strength_of(young)) if young else ""

    def acr_without(self, method: str) -> str:
        """Return the level by what was proved otherwise."""
        others = tuple(proof for proof in self.proofs if proof.method != method)
        return self.acr if others == self.proofs else acr_of(strength_of(others))

    def counting_since(self, moment: datetime) -> "SignIn":
        """Return the sign-in as it is without what was proved before."""
        young = self._proofs_since(moment)
        acr = acr_of(strength_of(young)) if young else ""
        return replace(self, acr=acr, amr=amr_of(young), proofs=young)

    def counting_by(self, counts: Callable[[str], bool]) -> "SignIn | None":
        """Return the sign-in without the word of providers that does not count.

        `counts` is asked by their names in addresses. None when what is left signs nobody in: a
        second factor alone does not.
        """
        left = tuple(proof for proof in self.proofs if not proof.provider or counts(proof.provider))
        if left == self.proofs:
            return self
        if not any(proof.signs_in for proof in left):
            return None
        return replace(
            self,
            auth_time=max(proof.at for proof in left),
            acr=acr_of(strength_of(left)),
            amr=amr_of(left),
            proofs=left,
        )

    @property
    def proved_at(self) -> datetime:
        """Since when the level is what it is: the youngest moment since which it was proved whole.

        `auth_time` in tokens is this one (OIDC Core §2), so that who compares both claims is told
        of the same proofs.
        """
        moments = sorted((proof.at for proof in self.proofs), reverse=True)
        return next((at for at in moments if self.acr_since(at) == self.acr), self.auth_time)

    def _proofs_since(self, moment: datetime) -> tuple[Proof, ...]:
        return tuple(proof for proof in self.proofs if proof.at >= moment)


def current_sign_in(request: HttpRequest) -> SignIn | None:
    """Return the sign-in of this session, None when there is none that says when and how."""
    if not isinstance(request.user, User):
        return None
    records = get_authentication_records(request, request.user)
    if not records:
        return None
    proofs = tuple(map(Proof.of_record, records))
    sign_in = SignIn(
        user=request.user,
        auth_time=max(proof.at for proof in proofs),
        acr=acr_of(strength_of(proofs)),
        amr=amr_of(proofs),
        sid=session_id(request),
        proofs=proofs,
    )
    remembered = state.read(request.session)
    if remembered is None:
        return sign_in
    is_doubted = remembered.is_doubted(acr_beyond_doubt(sign_in, remembered))
    was_doubted = bool(remembered.demanded_acr)
    risk = remembered.risk.score
    return replace(sign_in, is_doubted=is_doubted, was_doubted=was_doubted, risk=risk)


def acr_beyond_doubt(sign_in: SignIn, remembered: state.RiskState) -> str:
    """Return the level by what was proved since the session was doubted, by all if it was not."""
    since = remembered.doubted_at
    return sign_in.acr if since is None else sign_in.acr_since(since)


def session_id(request: HttpRequest) -> str:
    """Return this session's `sid`, made on first use; it says nothing about the session key."""
    if SID_KEY not in request.session:
        request.session[SID_KEY] = secrets.token_urlsafe(18)
    return str(request.session[SID_KEY])
