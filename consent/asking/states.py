"""What is known of a scope before it is asked, and whether it has to be."""

from datetime import datetime
from enum import StrEnum

from claims.addresses import verified_addresses
from claims.catalogue.scopes import CatalogueEntry
from consent.models import DecisionOutcome, Grant, ScopeDecision


class ScopeState(StrEnum):
    """What is known of a scope before it is asked."""

    NEW = "new"
    """Never decided, or decided for a grant that has been revoked since."""
    GRANTED = "granted"
    DENIED = "denied"
    EXPIRED = "expired"
    """Granted for a time that is over."""
    CHANGED = "changed"
    """Granted, but it has come to mean something else since."""
    ADDRESS_GONE = "address_gone"
    """Granted, with an e-mail address that is no longer a verified one of the person."""


def state_of(
    entry: CatalogueEntry, decision: ScopeDecision | None, grant: Grant | None, now: datetime
) -> ScopeState:
    """Return the state of a scope; `decision` is the newest about it, `grant` the standing one."""
    if decision is not None and decision.outcome == DecisionOutcome.DENIED:
        return ScopeState.DENIED
    if (
        decision is None
        or grant is None
        or decision.grant_id != grant.pk
        or entry.name not in grant.scopes
    ):
        return ScopeState.NEW
    if decision.text_version < entry.text_version:
        return ScopeState.CHANGED
    if decision.expires_at is not None and decision.expires_at <= now:
        return ScopeState.EXPIRED
    if decision.shared_email and decision.shared_email not in verified_addresses(decision.user_id):
        return ScopeState.ADDRESS_GONE
    return ScopeState.GRANTED


def must_be_asked(entry: CatalogueEntry, state: ScopeState) -> bool:
    """Return whether the scope has to be put to the person."""
    if state is ScopeState.DENIED:
        # A no is respected, unless the application cannot work at all without a yes.
        return entry.is_required
    return state is not ScopeState.GRANTED
