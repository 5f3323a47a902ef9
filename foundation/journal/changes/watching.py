"""The triggers of all declared tables, and what was there before them."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import connections, models
from django.utils import timezone

from foundation.base.configuration.deciding import (
    columns_hidden,
    columns_told,
    deciding_models,
    meta_of,
)
from foundation.journal.changes.acting import signed_author
from foundation.journal.keys import new_key
from foundation.journal.models import Act, Change
from foundation.journal.triggers import declared
from foundation.journal.triggers.declared import Triggers, together
from foundation.journal.triggers.noting import noting

FOUND = "found"
CHUNK = 500


def triggers_of_configuration() -> Triggers:
    """Return the triggers that note every change of every declared table."""
    return together(*map(_noting, deciding_models()), without="changes are made without an act")


def _noting(model: type[models.Model]) -> Triggers:
    columns = [(each.column, isinstance(each, models.JSONField)) for each in columns_told(model)]
    return noting(meta_of(model).db_table, columns, [each.column for each in columns_hidden(model)])


def after_migrate(using: str, **kwargs: Any) -> None:  # noqa: ARG001
    """Install everything that is watched, and note what no act tells of; after `migrate`."""
    new = declared.install(connections[using])
    for model in deciding_models():
        if meta_of(model).db_table in new:
            Change.objects.using(using).bulk_create(_found(model, using), batch_size=CHUNK)


def _found(model: type[models.Model], using: str) -> Iterator[Change]:
    """Yield a note for every row that neither an act nor a note tells of."""
    rows = model._base_manager.using(using)  # noqa: SLF001 - documented
    known = _known(model, using)
    fields = columns_told(model)
    author = signed_author()
    for row in rows.order_by("pk").iterator(chunk_size=CHUNK):
        if str(row.pk) in known:
            continue
        now = timezone.now()
        said = {each.column: _plain(each.value_from_object(row)) for each in fields}
        yield Change(
            act=new_key(now),
            at=now,
            source=meta_of(model).db_table,
            verb=FOUND,
            after=said,
            author=author,
        )


def _known(model: type[models.Model], using: str) -> Collection[str]:
    label = meta_of(model).label_lower
    acts = Act.objects.using(using).filter(detail__model=label)
    keys = acts.values_list("detail", "personal__person_id").iterator()
    return {str(said.get("row") or person) for said, person in keys}


def _plain(value: Any) -> Any:
    return value if isinstance(value, None | bool | int | str | dict | list) else str(value)
