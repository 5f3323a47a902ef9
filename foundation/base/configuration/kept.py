"""Configuration kept in process, and one of it for the whole of a request.

Within `one_configuration` everything that is asked for is of one epoch: the configuration is read
as a whole when something of it is asked for first, and nothing is read later. A change that is
made in the meantime, here or elsewhere, is for the next request. Only what the request changes
itself it sees at once: from then on it goes by the configuration with its change.

Anywhere else (commands, migrations, threads of their own) each value is of the epoch of its moment.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar, cast
from uuid import UUID
from weakref import ref

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from foundation.base.configuration.epoch import current_epoch, in_use, look_again, read_epoch

T = TypeVar("T")
ATTEMPTS = 20
"""So often a configuration is read that changes while it is read."""
GENERATIONS = 3
"""So many are kept for requests that begin: of the last epoch, and of transactions at work."""
PATIENCE = 2.0
"""Seconds to wait for another thread that reads the same configuration."""


class ConfigurationMovesError(OperationalError):
    """The configuration changes faster than it can be read; asking again later helps."""


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
        return cast("T", cast("_Use", use).value(self))

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


class Configuration:
    """All that is kept, as it was in one epoch."""

    def __init__(self, epoch: UUID | None) -> None:
        self.epoch = epoch
        self._is_complete = False
        self._values: dict[Kept[Any], Any] = {}

    def value(self, kept: Kept[Any]) -> Any:
        """Return the value of this epoch. Raises ConfigurationMovesError when it is too late."""
        try:
            return self._values[kept]
        except KeyError:
            value = kept.load()
        if self._is_complete and kept.is_read and read_epoch() != self.epoch:
            raise ConfigurationMovesError("The configuration has changed before it was read.")
        self._values[kept] = value
        kept.note(self.epoch, value)
        return value

    def read(self) -> bool:
        """Read everything; say whether it was of this epoch until the end."""
        for kept in [each for each in all_kept() if each.is_read]:
            try:
                self.value(kept)
            except (DatabaseError, InterfaceError):
                raise
            except Exception:  # noqa: BLE001, S112 - who asks for it is told what is wrong with it
                continue
        self._is_complete = read_epoch() == self.epoch
        return self._is_complete


class _Generations:
    """The complete configurations of this process, the newest last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[UUID | None, Configuration] = OrderedDict()

    def current(self, take: Callable[[Configuration], None]) -> Configuration:
        """Return the configuration of this moment, complete.

        While it is read it is given to `take`: what is loaded asks for what it is made of.
        """
        if found := self._found.get(current_epoch()):
            return found
        # One thread reads; whoever cannot wait for it reads, too.
        waited = self._lock.acquire(timeout=PATIENCE)
        try:
            return self._found.get(current_epoch()) or self._read(take)
        finally:
            if waited:
                self._lock.release()

    def _read(self, take: Callable[[Configuration], None]) -> Configuration:
        for _attempt in range(ATTEMPTS):
            configuration = Configuration(current_epoch())
            take(configuration)
            if configuration.read():
                self._keep(configuration)
                return configuration
            look_again()
        raise ConfigurationMovesError("The configuration changes faster than it can be read.")

    def _keep(self, configuration: Configuration) -> None:
        if configuration.epoch is None:
            return
        self._found[configuration.epoch] = configuration
        while len(self._found) > GENERATIONS:
            self._found.popitem(last=False)


_generations = _Generations()


class _Use:
    """What one request goes by: nothing yet before something is asked for."""

    def __init__(self) -> None:
        self._asked: dict[Kept[Any], Any] = {}
        self._configuration: Configuration | None = None
        self._is_uncommitted = False

    def value(self, kept: Kept[Any]) -> Any:
        """Return a value of the request's configuration."""
        try:
            return self._asked[kept]
        except KeyError:
            value = self.configuration().value(kept)
        if not self._is_uncommitted:
            self._asked[kept] = value
        return value

    def configuration(self) -> Configuration:
        """Return the configuration of the request, read now if it has not been."""
        if self._is_uncommitted and not connection.in_atomic_block:
            # Committed or rolled back: only the database knows.
            self._is_uncommitted = False
            self.renew()
        if self._configuration is None:
            try:
                self._configuration = _generations.current(self._take)
            except BaseException:
                self._take(None)
                raise
            self._asked.clear()
        return self._configuration

    def changed(self) -> None:
        """Go by the configuration as it is now: the request has changed it."""
        self._take(None)
        self._is_uncommitted = True

    def renew(self) -> None:
        """Go by the configuration of this very moment."""
        look_again()
        self._take(None)

    def has_asked_only(self, kept: tuple[Kept[Any], ...]) -> bool:
        """Say whether the request has seen nothing but these."""
        return self._asked.keys() <= set(kept)

    def end(self) -> None:
        """Leave nothing to the thread's next request that may have been rolled back."""
        if self._is_uncommitted:
            look_again()

    def _take(self, configuration: Configuration | None) -> None:
        self._asked.clear()
        self._configuration = configuration


@contextmanager
def one_configuration() -> Iterator[None]:
    """Let everything inside go by one configuration, at most a second old when it is first used."""
    use = _Use()
    token = in_use.set(use)
    try:
        yield
    finally:
        in_use.reset(token)
        use.end()


def epoch_in_use() -> UUID | None:
    """Return the epoch of the configuration in use."""
    use = in_use.get()
    return cast("_Use", use).configuration().epoch if use else current_epoch()


def look_for_newer(*kept: Kept[Any]) -> None:
    """Look at the epoch again, because something was not found in these values.

    A request that has seen more of its configuration than these goes on with what it has.
    """
    use = cast("_Use | None", in_use.get())
    if use is None:
        look_again()
    elif use.has_asked_only(kept):
        use.renew()
