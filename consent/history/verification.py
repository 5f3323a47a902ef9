"""Checking the whole history: every row, its place, its personal part, the end of the chain."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection
from django.utils import timezone

from claims.keyed import UnknownKeyError
from consent.history import canonical, triggers
from consent.history.canonical import FIRST_HASH, is_same, moment
from consent.history.heads import Head, exported_heads
from consent.history.rows import (
    Row,
    archived_rows,
    linked_rows,
    seal_line,
    segment_members,
    waiting_rows,
)
from consent.history.signing import SEGMENT_TYP, BadSignatureError, signer
from consent.models.history import ChainHead, Kind, Segment

Findings = Iterator[str]


@dataclass
class Verification:
    """One pass over the history. Iterate over `findings()`, then read what was counted."""

    archives: Sequence[Path] = ()
    heads: Path | None = None
    """The folder of exported heads; None: where they are exported to."""
    progress: Callable[[int], object] = bool
    """Told the number of rows checked, after each."""
    rows: int = 0
    archived: int = 0
    """Rows behind seals, whether their file was given or not."""
    waiting: int = 0
    compared_heads: int = 0
    _head: ChainHead | None = None
    _number: int = 0
    _hash: str = FIRST_HASH
    _first_checked: int = 1
    _oldest_key: int = sys.maxsize
    """Age in the ring of the oldest key that may have made the next row."""
    _erased: Counter[str] = field(default_factory=Counter)
    _erasures: dict[str, int] = field(default_factory=dict)

    def findings(self) -> Findings:
        """Yield a sentence for everything that is wrong, first things first."""
        for name in triggers.missing(connection):
            yield f"The trigger {name} is missing: the database lets the history be changed."
        for kid in signer().forged_keys():
            yield f"The signing key {kid} was written by somebody without the servers' secret."
        # What is appended from here on is for the next pass.
        self._head = ChainHead.objects.first()
        heads = _Heads(exported_heads(self.heads), until=moment(timezone.now()))
        yield from self._segments(heads)
        for row in linked_rows():
            yield from self._row(row, heads)
        yield from self._end(heads)
        for row in waiting_rows():
            self.waiting += 1
            yield from self._contents(row, f"The waiting act {row.act['id']}")
        yield from self._erasure_counts()
        self.compared_heads = heads.compared

    def _segments(self, heads: "_Heads") -> Findings:
        files = {seal_line(path): path for path in self.archives}
        for segment in Segment.objects.order_by("first"):
            yield from self._seal(segment)
            path = files.pop(segment.jws, None)
            if path is None:
                self._number, self._hash = segment.last, segment.last_hash
                self._first_checked = segment.last
                yield from heads.compare(segment.last, segment.last_hash, self._first_checked)
            else:
                yield from self._file(path, heads)
            if (self._number, self._hash) != (segment.last, segment.last_hash):
                yield f"The archive of rows {segment} does not end as its seal says."
                self._number, self._hash = segment.last, segment.last_hash
            self.archived += segment.last - segment.first + 1
        for path in files.values():
            yield f"{path.name} is no archive of this history."

    def _seal(self, segment: Segment) -> Findings:
        try:
            said = signer().verify(segment.jws, typ=SEGMENT_TYP)
        except BadSignatureError:
            said = {}
        if said != segment_members(segment):
            yield f"The seal of rows {segment} is forged: rows have been removed without archiving."
        if (segment.first, segment.previous_hash) != (self._number + 1, self._hash):
            yield f"The seal of rows {segment} does not follow on row {self._number}."

    def _file(self, path: Path, heads: "_Heads") -> Findings:
        try:
            for row in archived_rows(path):
                yield from self._row(row, heads)
        except ValueError as error:
            yield f"{path.name}, after row {self._number}: {error}."

    def _row(self, row: Row, heads: "_Heads") -> Findings:
        assert row.number is not None  # noqa: S101 - linked
        if row.number != self._number + 1:
            yield _missing(self._number + 1, row.number - 1)
            self._hash = ""
        name = f"Row {row.number}"
        yield from self._contents(row, name)
        linked = canonical.chained(row.number, self._hash, row.act, row.seal)
        # After a gap only the MAC can tell whether this row is what it was.
        if self._hash and not is_same(linked, row.hash):
            yield f"{name} does not follow on row {row.number - 1}: changed, or put in its place."
        if not canonical.is_linked(row.mac, row.hash):
            yield f"{name} was linked by somebody without the operator's secret."
        yield from self._replaced_secrets(row, name)
        if self._head and self._head.number == row.number and self._head.hash != row.hash:
            yield f"{name} is not the one that the head of the chain names."
        yield from heads.compare(row.number, row.hash, self._first_checked)
        self._number, self._hash = row.number, row.hash
        self.rows += 1
        self.progress(self.rows)

    def _replaced_secrets(self, row: Row, name: str) -> Findings:
        ring = canonical.ring()
        said = row.act["detail"]
        try:
            if row.act["kind"] == Kind.SECRET_ROTATED and said.get("secret") == "HISTORY_SECRET":
                self._oldest_key = min(self._oldest_key, ring.age_of(str(said.get("key"))))
            if max(ring.age_of(row.seal), ring.age_of(row.mac)) > self._oldest_key:
                yield f"{name} was written with a secret that had been replaced by then."
        except UnknownKeyError:
            return  # and so it does not verify

    def _contents(self, row: Row, name: str) -> Findings:
        if not canonical.is_sealed(row.seal, row.act):
            yield f"{name} has been changed."
        if row.act["kind"] == Kind.ERASED:
            self._erasures[row.act["id"]] = int(row.act["detail"].get("rows", 0))
        if row.erased_in:
            self._erased[row.erased_in] += 1
        elif row.personal is None:
            if not row.personal_is_elsewhere:
                yield f"{name}: its personal part is gone."
        elif not is_same(canonical.sha256(row.personal), row.act["personal_digest"]):
            yield f"{name}: its personal part has been changed."

    def _end(self, heads: "_Heads") -> Findings:
        if self._head is None and self._number:
            yield "The head of the chain is missing."
        elif self._head is not None and self._head.number > self._number:
            yield _missing(self._number + 1, self._head.number)
        yield from heads.beyond(self._number)

    def _erasure_counts(self) -> Findings:
        for act, count in self._erased.items():
            if act not in self._erasures and self._first_checked == 1:
                yield f"{count} personal parts were blanked without an erasure (act {act})."
            elif count > self._erasures.get(act, count):
                yield f"More personal parts were blanked than erased (act {act})."


class _Heads:
    """Exported heads, oldest first, compared with the rows as they pass."""

    def __init__(self, heads: Iterable[Head], *, until: str) -> None:
        self._heads = iter(heads)
        self._until = until
        self._broken = ""
        self._next = self._advance()
        self.compared = 0

    def compare(self, number: int, row_hash: str, first_checked: int) -> Findings:
        """Yield what is wrong with the heads up to this row."""
        while self._next is not None and self._next.number <= number:
            head = self._next
            if head.number == number:
                self.compared += 1
                if not is_same(head.hash, row_hash):
                    yield f"Row {number} is not the one that was exported at {head.at}."
            elif head.number >= first_checked:
                yield f"The head exported at {head.at} names row {head.number}, out of order."
            self._next = self._advance()

    def beyond(self, last: int) -> Findings:
        """Yield what is wrong with the heads after the last row."""
        if self._next is not None:
            yield (
                f"{_missing(last + 1, self._next.number)} "
                f"It was there at {self._next.at}, when the head was exported."
            )
        if self._broken:
            yield f"The exported heads cannot be relied on: {self._broken}."

    def _advance(self) -> Head | None:
        try:
            head = next(self._heads, None)
        except BadSignatureError as error:
            self._broken = str(error)
            return None
        return head if head is not None and head.at <= self._until else None


def _missing(first: int, last: int) -> str:
    return f"Row {first} is missing." if first == last else f"Rows {first} to {last} are missing."
