"""Standing in for somebody who is away."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from consent.approvals.models import Delegation
from foundation.journal import acts as history
from foundation.journal.acts import Entry, Kind, acting_as
from foundation.journal.context import BY_THE_SYSTEM, DecisionContext


@transaction.atomic
def delegate(
    away: Any,
    present: Any,
    starts_at: datetime,
    ends_at: datetime,
    context: DecisionContext = BY_THE_SYSTEM,
) -> Delegation:
    """Let one person (by key) stand in for another; the database refuses nonsense."""
    with acting_as(context):
        delegation = Delegation.objects.create(
            from_person_id=away, to_person_id=present, starts_at=starts_at, ends_at=ends_at
        )
    history.record([_act(Kind.DELEGATED, delegation, context)])
    return delegation


@transaction.atomic
def take_back(away: Any, pk: int, context: DecisionContext = BY_THE_SYSTEM) -> bool:
    """End a delegation of one's own at once; False when there is none that still counts."""
    now = timezone.now()
    own = Delegation.objects.select_for_update().filter(pk=pk, from_person=away, ends_at__gt=now)
    delegation = own.first()
    if delegation is None:
        return False
    with acting_as(context):
        if delegation.starts_at >= now:
            delegation.delete()
            delegation.pk = pk
        else:
            delegation.ends_at = now
            delegation.save(update_fields=["ends_at"])
    history.record([_act(Kind.DELEGATION_ENDED, delegation, context)])
    return True


def _act(kind: Kind, delegation: Delegation, context: DecisionContext) -> Entry:
    """Return the act of a delegation, in the history of whoever is away."""
    return Entry(
        kind=kind,
        actor=context.actor,
        person=delegation.from_person_id,
        locale=context.locale,
        acr=context.acr,
        detail={
            "delegation": delegation.pk,
            "from": int(delegation.starts_at.timestamp()),
            "until": int(delegation.ends_at.timestamp()),
        },
        actor_id=context.actor_id,
        address=context.address or "",
        user_agent=context.user_agent,
        reason=context.reason,
        other_id=str(delegation.to_person_id),
    )


def given_by(away: Any) -> QuerySet[Delegation]:
    """Return the delegations a person gave that are not over, with names."""
    rows = Delegation.objects.filter(from_person=away, ends_at__gt=timezone.now())
    return rows.select_related("to_person").order_by("starts_at")


def given_to(present: Any) -> QuerySet[Delegation]:
    """Return the delegations a person was given that are not over, with names."""
    rows = Delegation.objects.filter(to_person=present, ends_at__gt=timezone.now())
    return rows.select_related("from_person").order_by("starts_at")
