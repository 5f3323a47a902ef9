"""Configuration that is kept in process.

Within a request everything is of one epoch (`foundation.base.configuration.one`). Anywhere else
(commands, migrations, threads of their own) each value is of the epoch of its moment.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast
from uuid import UUID
from weakref import ref

from foundation.base.configuration.epoch import current_epoch, in_use

T = TypeVar("T")


class Kept(Generic[T]):
    """A value read from the database and kept until the epoch changes.

    `load` takes nothing and returns the value; it may run statements. The value is shared by all
    threads of the process and must not be changed.
    """

    is_read = True
    """Whether loading it reads the database, which a request does at its beginning only."""

    def __init__(self, load: Callable[[], T]) -> None:
        self.load = load
        self._latest: tuple[UUID | None, T] | None = None
        _all.append(ref(self))

    def get(self) -> T:
        """Return the value of the configuration in use."""
        use = in_use.get()
        if use is None:
            return self._of_this_moment()
        value: T | None = use.seen.get(self)
        return cast("T", use.value(self)) if value is None else value

    @property
    def last(self) -> T | None:
        """What was loaded last, whatever the epoch is now: for what may be of a moment ago."""
        return self._latest[1] if self._latest else None

    def note(self, epoch: UUID | None, value: T) -> None:
        """Take note of what was loaded for an epoch."""
        self._latest = (epoch, value)

    def _of_this_moment(self) -> T:
        epoch = current_epoch()
        latest = self._latest
        if latest is None or latest[0] != epoch or epoch is None:
            latest = (epoch, self.load())
            self._latest = latest
        return latest[1]


class Derived(Kept[T]):
    """A value made of other kept ones when it is asked for first; `load` runs no statement."""

    is_read = False


_all: "list[ref[Kept[Any]]]" = []
"""Of the modules that have been imported, which is before the first request."""


def all_kept() -> list[Kept[Any]]:
    """Return everything that is kept."""
    return [found for each in tuple(_all) if (found := each()) is not None]
