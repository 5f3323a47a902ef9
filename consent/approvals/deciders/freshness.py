"""Whether the sign-in behind the browser is good enough to approve with."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from consent.approvals.errors import StaleSignInError
from consent.approvals.models import Approval
from consent.approvals.terms import Terms, terms_of
from foundation.directory.levels import satisfies
from foundation.directory.sign_in import current_sign_in


@dataclass(frozen=True)
class SignInFacts:
    """When and how the person signed in (OIDC Core §2 `auth_time`, `acr`); None: unknown."""

    auth_time: datetime | None = None
    acr: str = ""
    is_doubted: bool = False
    """The sign-in is too unusual to count before the person has confirmed it."""
    risk: int | None = None
    """0 to 100; None: unknown."""


def facts_of(request: HttpRequest) -> SignInFacts:
    """Return what is known of the sign-in behind this browser."""
    found = current_sign_in(request)
    if not found:
        return SignInFacts()
    return SignInFacts(found.auth_time, found.acr, found.is_doubted, found.risk)


def is_fresh(approval: Approval, facts: SignInFacts) -> bool:
    """Whether the sign-in is young and strong enough for what the type demands (RFC 9470 §4)."""
    return is_good_enough(terms_of(approval), facts)


def is_good_enough(terms: Terms, facts: SignInFacts) -> bool:
    """Whether a sign-in is young and strong enough for these terms."""
    if facts.is_doubted:
        return False
    return _is_young(facts, terms.maximum_age) and satisfies(facts.acr, terms.minimum_acr)


def require_fresh(approval: Approval, facts: SignInFacts) -> None:
    """Raise StaleSignInError unless the sign-in is good enough."""
    if not is_fresh(approval, facts):
        raise StaleSignInError


def _is_young(facts: SignInFacts, maximum_age: int | None) -> bool:
    if maximum_age is None:
        return True
    if facts.auth_time is None:
        return False
    return (timezone.now() - facts.auth_time).total_seconds() <= maximum_age
