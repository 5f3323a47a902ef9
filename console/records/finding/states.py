"""The states of grants and decisions: as conditions for the database, and in words."""

from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Q, QuerySet, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from consent.models import DecisionOutcome, ScopeDecision


class GrantState(TextChoices):
    """Whether a grant stands."""

    STANDING = "standing", _("Standing")
    REVOKED = "revoked", _("Revoked")


class DecisionState(TextChoices):
    """What a decision means today."""

    STANDING = "standing", _("Granted, standing")
    EXPIRED = "expired", _("Granted, expired")
    REVOKED = "revoked", _("Granted, grant revoked")
    DENIED = "denied", _("Denied or taken back")


def grants_in(state: str) -> Q:
    """Return the condition on grants of a state."""
    return Q(revoked_at__isnull=state == GrantState.STANDING)


def decisions_in(state: str, now: datetime) -> Q:
    """Return the condition on decisions of a state; exactly one holds for each decision."""
    granted = Q(outcome=DecisionOutcome.GRANTED)
    over = Q(expires_at__isnull=False, expires_at__lte=now)
    ended = Q(grant__isnull=True) | Q(grant__revoked_at__isnull=False)
    return {
        DecisionState.DENIED: Q(outcome=DecisionOutcome.DENIED),
        DecisionState.EXPIRED: granted & over,
        DecisionState.REVOKED: granted & ~over & ended,
        DecisionState.STANDING: granted
        & Q(grant__revoked_at__isnull=True, grant__isnull=False)
        & (Q(expires_at__isnull=True) | Q(expires_at__gt=now)),
    }[DecisionState(state)]


def with_state(decisions: QuerySet[ScopeDecision], now: datetime) -> QuerySet[Any]:
    """Annotate each decision with its `state`."""
    cases = [When(decisions_in(state, now), then=Value(state.value)) for state in DecisionState]
    return decisions.annotate(state=Case(*cases, output_field=CharField()))
