"""What was kept long enough goes."""

from django.db import transaction
from django.utils import timezone

from policy.models import LoggedDecision, LoggedName

AT_ONCE = 1_000


def prune() -> int:
    """Remove decisions whose time is up, a thousand in a transaction, and return how many."""
    removed = 0
    while pruned := _prune_some():
        removed += pruned
    return removed


@transaction.atomic
def _prune_some() -> int:
    old = LoggedDecision.objects.filter(kept_until__lte=timezone.now()).order_by("kept_until")
    keys = list(old.values_list("pk", flat=True)[:AT_ONCE])
    LoggedName.objects.filter(decision__in=keys).delete()
    deleted, _ = LoggedDecision.objects.filter(pk__in=keys).delete()
    return deleted
