"""Notes of changes become acts: each exactly once, whoever finds them, and then they go."""

import json
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from foundation.base.configuration.deciding import meta_of
from foundation.base.configuration.epoch import start_new_epoch
from foundation.base.texts.storable import storable
from foundation.journal.changes.acting import author_of
from foundation.journal.changes.telling import (
    Told,
    UnreadableChangeError,
    is_configuration,
    told_by,
)
from foundation.journal.context import DecisionContext
from foundation.journal.entries import Entry
from foundation.journal.models import Actor, Change, Kind
from foundation.journal.recording import record

BATCH = 500
TICK = timedelta(microseconds=1)


def record_changes() -> int:
    """Record every noted change; return how many. Twice at once, each is recorded once."""
    recorded = 0
    while batch := _record_batch():
        recorded += batch
    return recorded


@transaction.atomic
def _record_batch() -> int:
    changes = list(Change.objects.order_by("id")[:BATCH])
    if not changes:
        return 0
    record([entry_of(change, at) for change, at in zip(changes, _in_order(changes), strict=True)])
    if any(is_configuration(change.source) for change in changes):
        # What was changed past the models started none; for what they saved, it is one more.
        start_new_epoch()
    # A trigger lets a note go only when there is an act with its key.
    Change.objects.filter(pk__in=[change.pk for change in changes]).delete()
    return len(changes)


def _in_order(changes: list[Change]) -> list[datetime]:
    """Return the times of notes, no two the same: acts are linked in the order of their times."""
    times: list[datetime] = []
    now = timezone.now()
    for change in changes:
        at = min(change.at, now)
        times.append(max(at, times[-1] + TICK) if times else at)
    return times


def entry_of(change: Change, at: datetime) -> Entry:
    """Return the act that a note becomes; also one that nobody can read, or nothing would go on."""
    author = author_of(change.author, change.at)
    try:
        return _entry(change, told_by(change), author, at)
    except UnreadableChangeError:
        detail = {"source": storable(change.source), "changes": {}}
        return Entry(id=change.act, kind=Kind.CHANGED, actor=Actor.OUTSIDE, detail=detail, at=at)


def _entry(change: Change, told: Told, author: DecisionContext, at: datetime) -> Entry:
    person, other = (*told.people, None, None)[:2]
    return Entry(
        id=change.act,
        kind=told.kind,
        actor=author.actor,
        person=UUID(person) if person else None,
        object_kind=told.object_kind,
        object_key=told.object_key,
        locale=author.locale,
        detail=_detail(told, author.program),
        at=at,
        actor_id=author.actor_id,
        address=author.address or "",
        user_agent=author.user_agent,
        reason=author.reason,
        other_id=other or "",
        changes=_about_people(told),
    )


def _detail(told: Told, program: str) -> dict[str, object]:
    said: dict[str, object] = {"model": meta_of(told.model).label_lower, "changes": told.open}
    if not told.is_of_a_person:
        said["label"] = told.label
    if not _is_person(told):
        said["row"] = str(told.row)
    if told.personal:
        said["personal"] = sorted(told.personal)
    if told.secrets:
        said["secrets"] = list(told.secrets)
    if program:
        said["program"] = program
    return said


def _about_people(told: Told) -> str:
    label = told.label if told.is_of_a_person else None
    if not told.personal and label is None:
        return ""
    said = {"label": label, "changes": told.personal}
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def _is_person(told: Told) -> bool:
    return told.is_of_a_person and told.object_kind == meta_of(told.model).label_lower
