"""Up to where the history was verified, kept beside what was linked last: outside the database.

It has a MAC, so that nobody without the operator's secret says that something was verified. An
older one in its place only makes the next run read more.
"""

import json
from dataclasses import dataclass

from foundation.journal.chain.canonical import is_keyed, keyed
from foundation.journal.chain.memory import MemoryUnusableError, kept
from foundation.journal.chain.reading import ChainPlace

NAME = "verified"


@dataclass(frozen=True)
class Verified:
    """Nothing was wrong up to this place, when a run began that came to it."""

    place: ChainPlace
    at: str
    """RFC 3339, of the last run that added to it."""
    whole_at: str
    """Of the last run that began with the first row."""

    def __str__(self) -> str:
        said = self._said()
        return f"{self.place.number} {said} {keyed(_purpose(said))}"

    def _said(self) -> str:
        members = [self.place.number, self.place.hash, self.at, self.whole_at]
        return json.dumps(members, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> "Verified":
        """Undo `str`; raises `MemoryUnusableError`."""
        number, _, rest = text.partition(" ")
        said, _, mac = rest.rpartition(" ")
        if not is_keyed(mac, _purpose(said)):
            raise MemoryUnusableError("What was verified last was written by somebody else.")
        number, row_hash, at, whole_at = json.loads(said)
        return cls(ChainPlace(number, row_hash), at, whole_at)


def last_verified() -> Verified | None:
    """Return up to where it was verified; None when nothing is known, or `MemoryUnusableError`."""
    text = kept(NAME).read()
    return Verified.read(text) if text else None


def keep_verified(verified: Verified, *, only_forward: bool) -> None:
    """Remember it, or raise `MemoryUnusableError`."""
    kept(NAME).write(verified.place.number, str(verified), only_forward=only_forward)


def _purpose(said: str) -> bytes:
    return f"verified {said}".encode()
