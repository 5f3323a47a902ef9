"""The configuration epoch: one value that every change of configuration replaces.

Clients, keys, scopes, mappings and group attributes are kept in process memory
(`foundation.base.configuration.kept`). A process looks at the epoch at most once a second (and at
once after its own changes), and drops what it keeps when the value is another. So configuration
costs no statement per request, and a change is seen everywhere within a second.

What a thread has seen is its own: it may be in a transaction whose new epoch the others cannot
see yet, and must not load the old configuration under it.
"""

import math
import threading
import time
import uuid
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from django.apps import apps as installed
from django.db import models, transaction

from foundation.base import clock
from foundation.base.configuration.models import ConfigurationEpoch

CHECK_INTERVAL = 1.0
"""Seconds a process may trust the epoch it has seen."""


class ConfigurationModel(models.Model):
    """A model that is kept in memory: saving or deleting a row starts a new epoch."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and start a new epoch in the same transaction."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            start_new_epoch()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete, and start a new epoch in the same transaction."""
        with transaction.atomic():
            result = super().delete(*args, **kwargs)
            start_new_epoch()
        return result


class _Process:
    last_change = object()
    """Another object after every change that this process made."""


class _Seen(threading.local):
    value: uuid.UUID | None = None
    checked_at: float = -math.inf
    last_change: object = None


@dataclass(frozen=True, slots=True)
class EpochLook:
    """What one look at the epoch found, and when: good for any thread as long as it holds."""

    epoch: uuid.UUID | None
    at: float
    change: object

    @property
    def holds(self) -> bool:
        """Whether a process may still trust it."""
        is_ours = self.change is _process.last_change
        return is_ours and time.monotonic() - self.at < CHECK_INTERVAL


class ConfigurationInUse(Protocol):
    """What a request goes by (`foundation.base.configuration.kept`)."""

    seen: dict[Any, Any]
    """What has been asked for, by what is kept."""

    def value(self, kept: Any) -> Any:
        """Return the value of something that is kept, asked for now."""

    def epoch(self) -> uuid.UUID | None:
        """Return the epoch that the request goes by."""

    def changed(self) -> None:
        """Take note that the request has changed the configuration itself."""

    def look_for_newer(self, kept: Any) -> None:
        """Go by the configuration of this very moment, if nothing but these has been seen."""


_process = _Process()
_seen = _Seen()
in_use: ContextVar[ConfigurationInUse | None] = ContextVar("configuration_in_use", default=None)
"""Of this thread's request; None outside of requests."""


def install_first_epoch(apps: Any = installed) -> None:
    """Create the row of the epoch where it is missing; `apps` as in migrations."""
    apps.get_model("base", "ConfigurationEpoch").objects.get_or_create(pk=1)


def start_new_epoch() -> None:
    """Make every process drop the configuration it keeps."""
    ConfigurationEpoch.objects.update_or_create(pk=1, defaults={"value": uuid.uuid4()})
    forget()
    transaction.on_commit(forget)
    if (mine := in_use.get()) is not None:
        mine.changed()


def forget() -> None:
    """Look at the epoch again on the next read, in every thread of this process."""
    _process.last_change = object()


def look_again() -> None:
    """Look at the epoch on the next read in this thread: something was not found."""
    _seen.checked_at = -math.inf


def current_epoch() -> uuid.UUID | None:
    """Return the epoch, at most one second old. At most one statement."""
    now = time.monotonic()
    last_change = _process.last_change
    if _seen.last_change is not last_change or now - _seen.checked_at >= CHECK_INTERVAL:
        _seen.value = read_epoch()
        _seen.checked_at, _seen.last_change = now, last_change
    return _seen.value


def last_look() -> EpochLook:
    """Return what this thread saw when it looked last."""
    return EpochLook(_seen.value, _seen.checked_at, _seen.last_change)


def read_epoch() -> uuid.UUID | None:
    """Read the epoch, and by the way what time it is for the database (`foundation.base.clock`)."""
    asked = time.monotonic()
    found = ConfigurationEpoch.objects.values_list("value", clock.DatabaseTime()).first()
    if found is None:
        return None
    value: uuid.UUID
    value, told = found
    clock.observe(told, asked, time.monotonic())
    return value
