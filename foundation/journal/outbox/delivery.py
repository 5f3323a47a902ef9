"""Sending what is due. Safe at any time, and many at once.

Who takes an entry up has it; who dies leaves it to the next attempt, so a receiver may get one
twice and knows it by its id. A receiver that did not answer rests, and what is for it waits without
using its attempts up.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import structlog
from django.db.models import QuerySet
from django.utils import timezone

from foundation.base.outgoing import OutgoingError, breaker
from foundation.journal.outbox.entry import OutboxEntry

log = structlog.get_logger(__name__)

BATCH = 100
LONGEST_RUN = 20.0
"""Seconds after which a run leaves the rest to the next one."""
GIVE_UP_AFTER = 8
"""Attempts."""

Entry = TypeVar("Entry", bound=OutboxEntry)


class NotTakenError(OutgoingError):
    """The receiver did not take it, and may later."""


class NotWantedError(OutgoingError):
    """The receiver does not take it, however often it comes."""


def _nowhere(_entry: OutboxEntry) -> str:
    return ""


def _always(_entry: OutboxEntry) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Channel(Generic[Entry]):
    """A way outside, by name; `pause` doubles with every attempt."""

    name: str
    pause: timedelta
    waiting: Callable[[datetime], QuerySet[Entry]]
    """What is to be sent this way at a time, due or not, with all that `send` needs."""
    send: Callable[[Entry], None]
    """Raises OSError or `OutgoingError` when it was in vain, `NotWantedError` when for good."""
    is_ready: Callable[[Entry], bool] = _always
    address: Callable[[Entry], str] = _nowhere
    """The URL that is called, for its rest; empty where none is."""


def deliver_due(channel: Channel[Entry]) -> int:
    """Send what is due on a channel; return how many were taken by their receivers."""
    now, ends_at, sent = timezone.now(), time.monotonic() + LONGEST_RUN, 0
    due = channel.waiting(now).filter(next_attempt_at__lte=now)
    for entry in list(due.order_by("next_attempt_at")[:BATCH]):
        sent += _deliver(entry, channel)
        if time.monotonic() > ends_at:
            break
    return sent


def _deliver(entry: Entry, channel: Channel[Entry]) -> bool:
    address = channel.address(entry)
    if rest := breaker.rest(address) if address else 0.0:
        # That is no attempt, and others come first.
        _move(entry, next_attempt_at=timezone.now() + timedelta(seconds=rest))
        return False
    if not channel.is_ready(entry) or not _take_up(entry, channel):
        return False
    try:
        channel.send(entry)
    except (OSError, OutgoingError) as error:
        _note_failure(entry, channel, error)
        return False
    _rows(entry).update(sent_at=timezone.now(), next_attempt_at=None, error="")
    return True


def _take_up(entry: Entry, channel: Channel[Entry]) -> bool:
    attempts, pause = entry.attempts + 1, channel.pause * 2**entry.attempts
    following = timezone.now() + pause if attempts < GIVE_UP_AFTER else None
    return _move(entry, next_attempt_at=following, attempts=attempts)


def _note_failure(entry: Entry, channel: Channel[Entry], error: Exception) -> None:
    name = type(error).__name__
    log.warning("not_sent", channel=channel.name, entry=str(entry.pk), error=name)
    values: dict[str, object] = {"error": f"{name}: {error}"[:200]}
    if isinstance(error, NotWantedError):
        values["next_attempt_at"] = None
    _rows(entry).update(**values)


def _move(entry: Entry, **values: object) -> bool:
    """Write the values unless somebody else has taken the entry up meanwhile."""
    return _rows(entry).filter(next_attempt_at=entry.next_attempt_at).update(**values) == 1


def _rows(entry: Entry) -> QuerySet[Entry]:
    return type(entry)._default_manager.filter(pk=entry.pk)  # noqa: SLF001 - Django's public name
