"""Whether the sign-in behind the browser is good enough to approve with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string

from consent.approvals.errors import StaleSignInError
from consent.approvals.models import Approval
from consent.approvals.terms import Terms, terms_of
from consent.assurance import satisfies


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
    """Return what the reader named by the setting SIGN_IN_READER says of this browser.

    It takes the request and returns something with the same attributes, or None.
    """
    found: Any = import_string(settings.SIGN_IN_READER)(request)
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
