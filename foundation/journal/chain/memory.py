"""What was linked last, remembered outside the database: whoever can write there cannot go back.

Kept where HISTORY_MEMORY says: in Redis where web processes share one, else in a file of DATA_DIR;
with a MAC, so that nobody without the operator's secret can write it, and only ever moved forward.
It is written after the commit: killed in between, it is behind, and what it names is still there.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from redis import Redis, RedisError

from foundation.journal.chain.canonical import is_keyed, keyed

KEY = "scopeward:history:"
LAST = "last"
PATIENCE = 0.5
"""Seconds to wait for Redis."""
FORWARD = """
local before = redis.call('GET', KEYS[1])
if before and tonumber(string.match(before, '^%d+')) >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""


class MemoryUnusableError(Exception):
    """Nobody can say what was linked last: it is away, or somebody has written into it."""


@dataclass(frozen=True)
class Last:
    """The row that was linked last."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number} {self.hash} {keyed(_said(self.number, self.hash))}"

    @classmethod
    def read(cls, text: str) -> "Last":
        """Undo `str`; raises `MemoryUnusableError`."""
        number, _, rest = text.partition(" ")
        row_hash, _, mac = rest.partition(" ")
        if not number.isdigit() or not is_keyed(mac, _said(int(number), row_hash)):
            raise MemoryUnusableError("What was linked last was written by somebody else.")
        return cls(int(number), row_hash)


def remembered() -> Last | None:
    """Return the row that was linked last; None when nothing is known. Raises the error above."""
    text = kept(LAST).read()
    return Last.read(text) if text else None


def remember(last: Last) -> None:
    """Remember a row, unless a later one is; raises `MemoryUnusableError`."""
    kept(LAST).write(last.number, str(last), only_forward=True)


def accept(last: Last) -> None:
    """Remember a row although a later one was: the operator has explained the gap."""
    kept(LAST).write(last.number, str(last), only_forward=False)


class KeptLine(Protocol):
    """Where one line is kept, which begins with the number of a row.

    Both raise `MemoryUnusableError`.
    """

    def read(self) -> str:
        """Return the line; nothing when there is none."""

    def write(self, number: int, text: str, *, only_forward: bool) -> None:
        """Replace it; `only_forward`: unless it names that row already, or a later one."""


class _File:
    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> str:
        try:
            return self._path.read_text("ascii", errors="replace").strip()
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise MemoryUnusableError(str(error)) from error

    def write(self, number: int, text: str, *, only_forward: bool) -> None:
        with self._locked():
            before = self.read().partition(" ")[0]
            if only_forward and before.isdigit() and int(before) >= number:
                return
            successor = self._path.with_name(self._path.name + ".new")
            with successor.open("w", encoding="ascii") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            successor.replace(self._path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.with_name(self._path.name + ".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise MemoryUnusableError(str(error)) from error


class _Redis:
    def __init__(self, url: str, key: str) -> None:
        self._redis, self._key = _connect(url), key

    def read(self) -> str:
        try:
            found = self._redis.get(self._key)
        except RedisError as error:
            raise MemoryUnusableError(str(error)) from error
        return found.decode("ascii", "replace") if isinstance(found, bytes) else ""

    def write(self, number: int, text: str, *, only_forward: bool) -> None:
        try:
            if only_forward:
                self._redis.eval(FORWARD, 1, self._key, str(number), text)
            else:
                self._redis.set(self._key, text)
        except RedisError as error:
            raise MemoryUnusableError(str(error)) from error


def kept(name: str) -> KeptLine:
    """Return where something is kept outside the database; `last` is what was linked last."""
    where = str(settings.HISTORY_MEMORY)
    if "://" in where:
        return _Redis(where, KEY + name)
    path = Path(where)
    return _File(path if name == LAST else path.with_name(f"{path.name}.{name}"))


@lru_cache
def _connect(url: str) -> Redis:
    return Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)


def _said(number: int, row_hash: str) -> bytes:
    return f"last {json.dumps([number, row_hash])}".encode()
