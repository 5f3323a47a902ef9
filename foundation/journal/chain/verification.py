"""Checking the whole history: every row, its place, its personal part, the end of the chain."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection
from django.utils import timezone

from foundation.base.keyed import UnknownKeyError
from foundation.base.keys.documents import signer
from foundation.journal.chain import canonical
from foundation.journal.chain.blanked import Blanked
from foundation.journal.chain.canonical import FIRST_HASH, is_same, timestamp
from foundation.journal.chain.compared_heads import ComparedHeads, missing_rows
from foundation.journal.chain.heads import exported_heads
from foundation.journal.chain.inspection import is_sealed_by_us
from foundation.journal.chain.memory import Last, MemoryUnusableError, remembered
from foundation.journal.chain.rows import (
    ChainRow,
    archived_rows,
    linked_rows,
    seal_line,
    waiting_rows,
)
from foundation.journal.models.history import ChainHead, Segment
from foundation.journal.models.kinds import Kind
from foundation.journal.triggers import declared as triggers

Findings = Iterator[str]


@dataclass
class Verification:
    """One pass over the history. Iterate over `findings()`, then read what was counted."""

    archives: Sequence[Path] = ()
    heads: Path | None = None
    """The folder of exported heads; None: where they are exported to."""
    trust_seals_until: int = 0
    """Up to this row the operator takes the word of the seals, and needs no archive."""
    on_row: Callable[[ChainRow], object] = bool
    """Shown every act, in the order of the chain, those that wait last."""
    progress: Callable[[int], object] = bool
    """Told the number of rows checked, after each."""
    rows: int = 0
    archived: int = 0
    """Rows behind seals, whether their file was given or not."""
    waiting: int = 0
    compared_heads: int = 0
    uncompared_heads: int = 0
    """Of rows in archives that were not given."""
    uncompared: list[str] = field(default_factory=list)
    """Sentences: what nobody could compare, so that "verifies" would say too much."""
    _head: ChainHead | None = None
    _last: Last | None = None
    _number: int = 0
    _hash: str = FIRST_HASH
    _oldest_key: int = sys.maxsize
    """Age in the ring of the oldest key that may have made the next row."""
    _blanked: Blanked = field(default_factory=Blanked)
    saw_all: bool = True
    """Whether every act was there: no archive was missing."""

    def findings(self) -> Findings:
        """Yield a sentence for everything that is wrong, first things first."""
        yield from triggers.flaws(connection)
        for kid in signer().forged_keys():
            yield f"The signing key {kid} was written by somebody without the servers' secret."
        # What is appended from here on is for the next pass.
        self._remember()
        self._head = ChainHead.objects.first()
        heads = ComparedHeads(exported_heads(self.heads), until=timestamp(timezone.now()))
        yield from self._segments(heads)
        for row in linked_rows():
            yield from self._row(row, heads)
        yield from self._end(heads)
        for row in waiting_rows():
            self.waiting += 1
            yield from self._contents(row, f"The waiting act {row.act['id']}")
            self.on_row(row)
        yield from self._blanked.findings(saw_all=self.saw_all)
        self._sum_up(heads)

    def _sum_up(self, heads: ComparedHeads) -> None:
        self.compared_heads, self.uncompared_heads = heads.compared, heads.uncompared

    def _segments(self, heads: ComparedHeads) -> Findings:
        files = {seal_line(path): path for path in self.archives}
        for segment in Segment.objects.order_by("first"):
            yield from self._seal(segment)
            path = files.pop(segment.jws, None)
            if path is None:
                yield from self._unseen(segment, heads)
            else:
                yield from self._file(path, heads)
            if (self._number, self._hash) != (segment.last, segment.last_hash):
                yield f"The archive of rows {segment} does not end as its seal says."
                self._number, self._hash = segment.last, segment.last_hash
            self.archived += segment.last - segment.first + 1
        for path in files.values():
            yield f"{path.name} is no archive of this history."

    def _unseen(self, segment: Segment, heads: ComparedHeads) -> Findings:
        self.saw_all = False
        self._number, self._hash = segment.last, segment.last_hash
        before = heads.uncompared
        yield from heads.pass_over(segment.last, segment.last_hash)
        if segment.last > self.trust_seals_until:
            skipped = heads.uncompared - before
            heads_too = f", nor were {skipped} exported heads" if skipped else ""
            self.uncompared.append(
                f"Rows {segment} are in no archive that was given: not checked{heads_too}."
            )

    def _seal(self, segment: Segment) -> Findings:
        if not is_sealed_by_us(segment):
            yield f"The seal of rows {segment} is forged: rows have been removed without archiving."
        elif segment.acts != segment.last - segment.first + 1:
            yield f"The seal of rows {segment} stands for {segment.acts} acts."
        if (segment.first, segment.previous_hash) != (self._number + 1, self._hash):
            yield f"The seal of rows {segment} does not follow on row {self._number}."

    def _file(self, path: Path, heads: ComparedHeads) -> Findings:
        try:
            for row in archived_rows(path):
                yield from self._row(row, heads)
        except ValueError as error:
            yield f"{path.name}, after row {self._number}: {error}."

    def _row(self, row: ChainRow, heads: ComparedHeads) -> Findings:
        assert row.number is not None  # noqa: S101 - linked
        if row.number != self._number + 1:
            yield missing_rows(self._number + 1, row.number - 1)
            self._hash = ""
        name = f"Row {row.number}"
        yield from self._contents(row, name)
        self.on_row(row)
        linked = canonical.chained(row.number, self._hash, row.act, row.seal)
        # After a gap only the MAC can tell whether this row is what it was.
        if self._hash and not is_same(linked, row.hash):
            yield f"{name} does not follow on row {row.number - 1}: changed, or put in its place."
        if not canonical.is_linked(row.mac, row.hash):
            yield f"{name} was linked by somebody without the operator's secret."
        yield from self._replaced_secrets(row, name)
        if self._head and self._head.number == row.number and self._head.hash != row.hash:
            yield f"{name} is not the one that the head of the chain names."
        if self._last and self._last.number == row.number and self._last.hash != row.hash:
            yield f"{name} is not the one that had been linked."
        yield from heads.compare(row.number, row.hash)
        self._number, self._hash = row.number, row.hash
        self.rows += 1
        self.progress(self.rows)

    def _replaced_secrets(self, row: ChainRow, name: str) -> Findings:
        ring = canonical.ring()
        said = row.act["detail"]
        try:
            if row.act["kind"] == Kind.SECRET_ROTATED and said.get("secret") == "HISTORY_SECRET":
                self._oldest_key = min(self._oldest_key, ring.age_of(str(said.get("key"))))
            if max(ring.age_of(row.seal), ring.age_of(row.mac)) > self._oldest_key:
                yield f"{name} was written with a secret that had been replaced by then."
        except UnknownKeyError:
            return  # and so it does not verify

    def _contents(self, row: ChainRow, name: str) -> Findings:
        if not canonical.is_sealed(row.seal, row.act):
            yield f"{name} has been changed."
        if row.act["kind"] == Kind.ERASED:
            self._blanked.erasure(row.act)
        if row.erased_in:
            yield from self._blanked.blanked(row, name)
        elif row.personal is None:
            if not row.personal_is_elsewhere:
                yield f"{name}: its personal part is gone."
        elif not is_same(canonical.sha256(row.personal), row.act["personal_digest"]):
            yield f"{name}: its personal part has been changed."

    def _end(self, heads: ComparedHeads) -> Findings:
        if self._head is None and self._number:
            yield "The head of the chain is missing."
        elif self._head is not None and self._head.number > self._number:
            yield missing_rows(self._number + 1, self._head.number)
        yield from heads.beyond(self._number)
        if self._last and self._last.number > self._number:
            yield f"{missing_rows(self._number + 1, self._last.number)} It had been linked."

    def _remember(self) -> None:
        """Find out what was linked last, which is not in the database."""
        try:
            self._last = remembered()
        except MemoryUnusableError as error:
            self.uncompared.append(f"The end was not compared with what was linked last: {error}")
