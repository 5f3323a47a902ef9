"""What was kept long enough goes.

On PostgreSQL with its partition: one is dropped once its week is over and every row's time is up.
Rows go by themselves where that takes longer, which is so for those that had no partition, and for
some of a partition in which others are kept for longer, since somebody has changed for how long.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from policy.decision_log.triggers import PARTITIONS
from policy.models import LoggedDecision, LoggedName

AT_ONCE = 1_000
GRACE = timedelta(days=8)
"""So long after its time is up a row may wait for its partition: a day more than that holds."""


def prune() -> dict[str, int]:
    """Remove decisions whose time is up; return how many partitions and how many rows went.

    Partitions for the time to come are made, too.
    """
    PARTITIONS.make(connection)
    dropped, removed = PARTITIONS.drop(connection), 0
    while pruned := _prune_some():
        removed += pruned
    return {"policy_decision_partitions": dropped, "policy_decisions": removed}


@transaction.atomic
def _prune_some() -> int:
    grace = GRACE if connection.vendor == "postgresql" else timedelta(0)
    over = timezone.now() - grace
    old = LoggedDecision.objects.filter(kept_until__lte=over).order_by("kept_until")
    keys = list(old.values_list("pk", flat=True)[:AT_ONCE])
    LoggedName.objects.filter(decision__in=keys).delete()
    deleted, _ = LoggedDecision.objects.filter(pk__in=keys).delete()
    return deleted
