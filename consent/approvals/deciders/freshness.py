"""Whether the sign-in behind the browser is good enough to approve with."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils import timezone

from consent.approvals.deciders.demands import Demand
from consent.approvals.errors import StaleSignInError
from consent.approvals.models import Approval
from consent.approvals.terms import ApprovalTerms, terms_of
from foundation.directory.factors.proofs import Strength
from foundation.directory.levels import levels, satisfies, strength_for
from foundation.directory.sign_in import SignIn
from foundation.directory.step_up import StepUp, most


def is_fresh(approval: Approval, sign_in: SignIn | None) -> bool:
    """Whether the sign-in is young and strong enough for what the type demands (RFC 9470 §4)."""
    return is_good_enough(terms_of(approval), sign_in)


def is_good_enough(terms: ApprovalTerms, sign_in: SignIn | None) -> bool:
    """Whether a sign-in is young and strong enough for these terms; None: unknown."""
    if sign_in is None:
        return terms.maximum_age is None and satisfies("", terms.minimum_acr)
    return not sign_in.is_doubted and wanted_for(terms).is_met_by(sign_in)


def wanted_for(terms: ApprovalTerms) -> StepUp:
    """Return the sign-in that these terms want at this moment."""
    age = terms.maximum_age
    since = None if age is None else timezone.now() - timedelta(seconds=age)
    return StepUp(terms.minimum_acr, since)


def raised_by(terms: ApprovalTerms, demands: Iterable[Demand]) -> ApprovalTerms:
    """Return the terms that are enough for the type and every demand: level, and signature."""
    every = list(demands)
    named = (terms.minimum_acr, *(demand.minimum_acr for demand in every))
    return replace(
        terms,
        minimum_acr=most(map(StepUp, named)).level,
        needs_signature=terms.needs_signature or any(demand.needs_signature for demand in every),
    )


@dataclass(frozen=True, slots=True)
class SignInNeeded:
    """What a sign-in takes, for a sentence on the page."""

    level: str

    @property
    def is_unknown(self) -> bool:
        """No sign-in reaches it."""
        return bool(self.level) and self.level not in levels()

    @property
    def is_second_factor(self) -> bool:
        """Any second factor will do."""
        return strength_for(self.level) is Strength.TWO_FACTORS

    @property
    def is_passkey(self) -> bool:
        """Only a passkey that verifies the person will do."""
        return strength_for(self.level) is Strength.PHISHING_RESISTANT


def require_fresh(approval: Approval, sign_in: SignIn | None) -> None:
    """Raise StaleSignInError unless the sign-in is good enough."""
    if not is_fresh(approval, sign_in):
        raise StaleSignInError
