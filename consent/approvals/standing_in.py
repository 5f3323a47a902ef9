"""Standing in for somebody who is away."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from consent.approvals.models import Delegation


def delegate(away: Any, present: Any, starts_at: datetime, ends_at: datetime) -> Delegation:
    """Let one person (by key) stand in for another; the database refuses nonsense."""
    return Delegation.objects.create(
        from_person_id=away, to_person_id=present, starts_at=starts_at, ends_at=ends_at
    )


def take_back(away: Any, pk: int) -> bool:
    """End a delegation of one's own at once; False when there is none that still counts."""
    now = timezone.now()
    own = Delegation.objects.filter(pk=pk, from_person=away, ends_at__gt=now)
    if own.filter(starts_at__gte=now).delete()[0]:
        return True
    return own.update(ends_at=now) == 1


def given_by(away: Any) -> QuerySet[Delegation]:
    """Return the delegations a person gave that are not over, with names."""
    rows = Delegation.objects.filter(from_person=away, ends_at__gt=timezone.now())
    return rows.select_related("to_person").order_by("starts_at")


def given_to(present: Any) -> QuerySet[Delegation]:
    """Return the delegations a person was given that are not over, with names."""
    rows = Delegation.objects.filter(to_person=present, ends_at__gt=timezone.now())
    return rows.select_related("from_person").order_by("starts_at")
