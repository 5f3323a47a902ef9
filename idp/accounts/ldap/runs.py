"""Runs of a directory: asked for, taken up by one worker, heard of, ended.

Only one is open at a time, which the database sees to. Whoever was killed at it is silent; then
another worker takes the same run up, and whom it had met counts as met.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from foundation.base.clearing import delete_in_batches
from foundation.directory.models import User
from foundation.directory.sources.models import OPEN, DirectoryRun, LdapDirectory, RunState
from foundation.journal.context import DecisionContext
from foundation.journal.models import Actor

LOST_AFTER = timedelta(minutes=10)
"""Longer than a page may take, with a server that answers at the last moment."""
MOST_TRIES = 3
KEPT = timedelta(days=30)
"""How long it is known what a run found."""
PROGRAM = "synchronise_directories"


class AtItAlreadyError(Exception):
    """Another synchronisation of the same directory is open."""


@dataclass(frozen=True)
class SeenToGo:
    """How much somebody has seen that would be taken away, and agreed to."""

    people: int = 0
    memberships: int = 0


ANY_NUMBER = SeenToGo(2**31 - 1, 2**31 - 1)


def ask_for(
    directory: LdapDirectory,
    *,
    is_dry: bool = False,
    seen: SeenToGo = SeenToGo(),
    asked_by: User | None = None,
) -> DirectoryRun:
    """Let a worker synchronise a directory soon. Raises `AtItAlreadyError`."""
    give_up_lost(directory)
    try:
        with transaction.atomic():
            return DirectoryRun.objects.create(
                directory=directory,
                is_dry=is_dry,
                let_go_people=seen.people,
                let_go_memberships=seen.memberships,
                asked_by=asked_by,
            )
    except IntegrityError as error:
        raise AtItAlreadyError(directory.title) from error


def waiting_runs() -> Iterator[DirectoryRun]:
    """Yield those that wait for a worker, and those whose worker is silent."""
    may_run = Q(is_dry=True) | Q(directory__is_on=True)
    rows = DirectoryRun.objects.filter(_free(), may_run, tries__lt=MOST_TRIES)
    yield from rows.select_related("directory").order_by("asked_at")


def take_up(run: DirectoryRun) -> bool:
    """Be the one worker that is at it; False when somebody else is."""
    worker, now = uuid4(), timezone.now()
    rows = DirectoryRun.objects.filter(_free(), pk=run.pk)
    taken = rows.update(state=RunState.RUNNING, worker=worker, heard_at=now, tries=F("tries") + 1)
    if taken:
        run.worker = worker
    return bool(taken)


def say(run: DirectoryRun, **columns: Any) -> None:
    """Say how far it is. Raises `AtItAlreadyError` when somebody thought that we were silent."""
    rows = DirectoryRun.objects.filter(pk=run.pk, worker=run.worker, state=RunState.RUNNING)
    if not rows.update(heard_at=timezone.now(), **columns):
        raise AtItAlreadyError(run.directory.title)


def end(run: DirectoryRun, state: RunState, complaint: str = "", **columns: Any) -> None:
    """Say how it ended, once."""
    rows = DirectoryRun.objects.filter(pk=run.pk, worker=run.worker, state=RunState.RUNNING)
    rows.update(state=state, ended_at=timezone.now(), complaint=complaint[:300], **columns)


def give_up_lost(directory: LdapDirectory) -> None:
    """End the run of a directory whose workers were silent, again and again or just now."""
    lost = Q(state=RunState.RUNNING, heard_at__lt=timezone.now() - LOST_AFTER)
    rows = DirectoryRun.objects.filter(lost, directory=directory)
    rows.update(state=RunState.FAILED, ended_at=timezone.now(), worker=None)


def author_of(run: DirectoryRun) -> DecisionContext:
    """Return who changes what the run changes."""
    if run.asked_by_id is None:
        return DecisionContext(actor=Actor.SYSTEM, program=PROGRAM)
    who = str(run.asked_by_id)
    return DecisionContext(actor=Actor.ADMINISTRATOR, actor_id=who, program=PROGRAM)


def clear_old(now: Any) -> int:
    """Forget what runs found, a month later."""
    old = DirectoryRun.objects.filter(asked_at__lt=now - KEPT).exclude(state__in=OPEN)
    return delete_in_batches(old, by="asked_at")


def _free() -> Q:
    silent = Q(state=RunState.RUNNING, heard_at__lt=timezone.now() - LOST_AFTER)
    return Q(state=RunState.WANTED) | silent
