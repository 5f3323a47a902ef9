"""Whether the sign-in behind the browser is good enough to approve with."""

from datetime import datetime

from django.utils import timezone

from consent.approvals.errors import StaleSignInError
from consent.approvals.models import Approval
from consent.approvals.terms import ApprovalTerms, terms_of
from foundation.directory.levels import satisfies
from foundation.directory.sign_in import SignIn


def is_fresh(approval: Approval, sign_in: SignIn | None) -> bool:
    """Whether the sign-in is young and strong enough for what the type demands (RFC 9470 §4)."""
    return is_good_enough(terms_of(approval), sign_in)


def is_good_enough(terms: ApprovalTerms, sign_in: SignIn | None) -> bool:
    """Whether a sign-in is young and strong enough for these terms; None: unknown."""
    if sign_in is None:
        return terms.maximum_age is None and satisfies("", terms.minimum_acr)
    if sign_in.is_doubted:
        return False
    return _is_young(sign_in.auth_time, terms.maximum_age) and satisfies(
        sign_in.acr, terms.minimum_acr
    )


def require_fresh(approval: Approval, sign_in: SignIn | None) -> None:
    """Raise StaleSignInError unless the sign-in is good enough."""
    if not is_fresh(approval, sign_in):
        raise StaleSignInError


def _is_young(auth_time: datetime, maximum_age: int | None) -> bool:
    if maximum_age is None:
        return True
    return (timezone.now() - auth_time).total_seconds() <= maximum_age
