"""One configuration for the whole of a request.

Within `one_configuration` everything that is asked for is of one epoch: the configuration is read
as a whole when something of it is asked for first, and nothing is read later. A change that is
made in the meantime, here or elsewhere, is for the next request. Only what the request changes
itself it sees at once: from then on it goes by the configuration with its change.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from foundation.base.configuration.epoch import (
    ConfigurationInUse,
    current_epoch,
    in_use,
    look_again,
    read_epoch,
)
from foundation.base.configuration.kept import Kept, all_kept

if TYPE_CHECKING:
    from contextvars import Token

ATTEMPTS = 20
"""So often a configuration is read that changes while it is read."""
GENERATIONS = 3
"""So many are kept for requests that begin: of the last epoch, and of transactions at work."""
PATIENCE = 2.0
"""Seconds to wait for another thread that reads the same configuration."""


class ConfigurationMovesError(OperationalError):
    """The configuration changes faster than it can be read; asking again later helps."""


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
        self._found: dict[UUID | None, Configuration] = {}

    def current(self, take: Callable[[Configuration], None]) -> Configuration:
        """Return the configuration of this moment, complete.

        While it is read it is given to `take`: what is loaded asks for what it is made of.
        """
        if found := self._found.get(current_epoch()):
            return found
        waited = self._lock.acquire(timeout=PATIENCE)  # whoever waits in vain reads it, too
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
        if len(self._found) > GENERATIONS:
            self._found.pop(next(iter(self._found)), None)


_generations = _Generations()


class _Use:
    """What one request goes by: nothing yet before something is asked for."""

    __slots__ = ("_before", "_configuration", "_is_uncommitted", "seen")

    def __init__(self) -> None:
        self.seen: dict[Kept[Any], Any] = {}
        self._configuration: Configuration | None = None
        self._is_uncommitted = False
        self._before: Token[ConfigurationInUse | None]

    def __enter__(self) -> None:
        self._before = in_use.set(self)

    def __exit__(self, *error: object) -> None:
        in_use.reset(self._before)
        if self._is_uncommitted:
            look_again()  # it may have been rolled back

    def value(self, kept: Kept[Any]) -> Any:
        """Return a value of the request's configuration that is asked for first."""
        configuration = self._configuration
        if configuration is None or self._is_uncommitted:
            configuration = self.configuration()
        value = configuration.value(kept)
        if not self._is_uncommitted:
            self.seen[kept] = value
        return value

    def configuration(self) -> Configuration:
        """Return the configuration of the request, read now if it has not been."""
        if self._is_uncommitted and not connection.in_atomic_block:
            self._is_uncommitted = False
            look_again()  # committed or rolled back: only the database knows
            self._take(None)
        if self._configuration is None:
            try:
                self._configuration = _generations.current(self._take)
            except BaseException:
                self._take(None)
                raise
            self.seen.clear()
        return self._configuration

    def epoch(self) -> UUID | None:
        """Return the epoch that the request goes by."""
        return self.configuration().epoch

    def changed(self) -> None:
        """Go by the configuration as it is now: the request has changed it."""
        self._take(None)
        self._is_uncommitted = True

    def look_for_newer(self, kept: tuple[Kept[Any], ...]) -> None:
        """Go by the configuration of this very moment, if nothing but these has been seen."""
        if self.seen.keys() <= set(kept):
            look_again()
            self._take(None)

    def _take(self, configuration: Configuration | None) -> None:
        self.seen.clear()
        self._configuration = configuration


def one_configuration() -> AbstractContextManager[object]:
    """Let everything inside go by one configuration, at most a second old when it is first used."""
    return _Use()


def epoch_in_use() -> UUID | None:
    """Return the epoch of the configuration in use."""
    use = in_use.get()
    return use.epoch() if use else current_epoch()


def look_for_newer(*kept: Kept[Any]) -> None:
    """Look at the epoch again, because something was not found in these values.

    A request that has seen more of its configuration than these goes on with what it has.
    """
    use = in_use.get()
    if use is None:
        look_again()
    else:
        use.look_for_newer(kept)
