"""Deleting many rows without holding up anybody else, and without making objects of them."""

import time
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

AT_ONCE, LEAST = 500, 50
LONG, SHORT = 0.05, 0.02
"""Seconds of a batch: after a longer one the next is half as large, after a shorter one twice.

Never fewer than `LEAST`: on a machine that is busy with other things they would crawl."""


def delete_in_batches(rows: "QuerySet[Any]", *, by: str, at_once: int = AT_ONCE) -> int:
    """Delete the rows, at most `at_once` in a transaction; return how many went with theirs.

    A batch that took long is followed by a smaller one: what a row takes along, and how fast the
    database is, nobody knows before.

    `by` names the column whose index finds the rows, in the order of which they go: each batch
    begins where the one before ended, so none walks over what the others left behind.

    Whoever is stopped in between has deleted whole batches, and the next run goes on. A row that
    stops being one of `rows` meanwhile stays, and so does one that somebody is just changing. What
    a row takes along or leaves without it follows its relations, as when an object is deleted; no
    `delete` of a model and no signal is called.
    """
    deleted, size = 0, at_once
    rest = rows.order_by(by)
    while True:
        began = time.monotonic()
        with transaction.atomic():
            batch = rest.select_for_update(skip_locked=True).values_list("pk", by)[:size]
            if not (found := list(batch)):
                return deleted
            deleted += _delete(rows.model, [key for key, _ in found])
        size = _next_size(size, time.monotonic() - began, at_most=at_once)
        rest = rows.filter(**{f"{by}__gte": found[-1][1]}).order_by(by)


def _next_size(size: int, seconds: float, *, at_most: int) -> int:
    if seconds > LONG:
        return max(size // 2, min(LEAST, at_most))
    return min(size * 2, at_most) if seconds < SHORT else size


def _delete(model: type[models.Model], keys: "Sequence[Any]") -> int:
    """Delete the rows with these keys after what belongs to them; return how many in all."""
    if not keys:
        return 0
    deleted = 0
    for relation in relations_of(model):
        # Every row of the other side, whatever its manager hides.
        others = relation.related_model._base_manager.filter(  # noqa: SLF001 - documented
            **{f"{relation.field.name}__in": keys}
        )
        if relation.on_delete is models.SET_NULL:
            others.update(**{relation.field.name: None})
        elif relation.on_delete is models.CASCADE:
            deleted += _delete(relation.related_model, list(others.values_list("pk", flat=True)))
        elif relation.on_delete is not models.DO_NOTHING:
            raise TypeError(f"{relation} has another way of being deleted")
    own = model._base_manager.filter(pk__in=keys)  # noqa: SLF001
    return deleted + own._raw_delete(own.db)  # noqa: SLF001 - one statement, no look before


def relations_of(model: type[models.Model]) -> "Iterator[Any]":
    """Yield the relations by which rows of other tables belong to those of a model."""
    for field in model._meta.get_fields(include_hidden=True):  # noqa: SLF001 - documented
        if field.auto_created and not field.concrete and (field.one_to_one or field.one_to_many):
            yield field
