"""Deleting many rows without holding up anybody else."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import QuerySet

AT_ONCE = 1_000


def delete_in_batches(rows: "QuerySet[Any]", *, at_once: int = AT_ONCE) -> int:
    """Delete the rows, `at_once` of them in a transaction, and return how many went with theirs.

    Whoever is stopped in between has deleted whole batches, and the next run goes on. A row that
    stops being one of `rows` meanwhile stays.
    """
    deleted = 0
    while keys := list(rows.order_by().values_list("pk", flat=True)[:at_once]):
        deleted += rows.filter(pk__in=keys).delete()[0]
    return deleted
