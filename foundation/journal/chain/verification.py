"""Checking the whole history: every row, its place, its personal part, the end of the chain."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db import connection
from django.utils import timezone

from foundation.base.keys.documents import signer
from foundation.journal.chain.blanked import Blanked
from foundation.journal.chain.canonical import timestamp
from foundation.journal.chain.checking import (
    NO_KEY,
    Checked,
    Run,
    Stretch,
    check,
    check_stretch,
    contents,
    stretches,
    text_of,
)
from foundation.journal.chain.compared_heads import ComparedHeads, ExpectedRows, missing_rows
from foundation.journal.chain.heads import exported_heads
from foundation.journal.chain.inspection import flaws_of_seal
from foundation.journal.chain.memory import Last, MemoryUnusableError, remembered
from foundation.journal.chain.reading import BEFORE_ALL, STRETCH, ChainPlace, place_of, waiting_rows
from foundation.journal.chain.rows import ChainRow, SignedActs, archived_rows, seal_line
from foundation.journal.chain.verified import Verified, keep_verified
from foundation.journal.models.history import ChainHead, Segment
from foundation.journal.triggers import declared as triggers

Findings = Iterator[str]
OFTEN = 5.0
"""Seconds after which it is kept again how far a run has come."""


@dataclass
class Verification:
    """One pass over the history. Iterate over `findings()`, then read what was counted."""

    archives: Sequence[Path] = ()
    heads: Path | None = None
    """The folder of exported heads; None: where they are exported to."""
    trust_seals_until: int = 0
    """Up to this row the operator takes the word of the seals, and needs no archive."""
    behind: Verified | None = None
    """Rows up to there have been verified, and are not read again."""
    on_row: Callable[[ChainRow], object] = bool
    """Shown every act, in the order of the chain, those that wait last; not with `run`."""
    progress: Callable[[int], object] = bool
    """Told the number of rows checked, now and then."""
    run: Run | None = None
    """Where the table is checked; None: here, one stretch after another."""
    stretch: int = STRETCH
    rows: int = 0
    archived: int = 0
    """Rows behind seals, whether their file was given or not."""
    waiting: int = 0
    compared_heads: int = 0
    uncompared_heads: int = 0
    """Of rows in archives that were not given, or verified before."""
    uncompared: list[str] = field(default_factory=list)
    """Sentences: what nobody could compare, so that "verifies" would say too much."""
    saw_all: bool = True
    """Whether every act was there: no archive was missing, and none had been verified before."""
    is_sound: bool = True
    """Whether nothing was found so far."""
    _head: ChainHead | None = None
    _last: Last | None = None
    _place: ChainPlace = field(default_factory=ChainPlace)
    _oldest_key: int = NO_KEY
    """Age in the ring of the oldest key that may have made the next row."""
    _blanked: Blanked = field(default_factory=Blanked)
    _expected: ExpectedRows = field(default_factory=ExpectedRows)
    _began: str = ""
    _kept_at: float = 0.0

    def findings(self) -> Findings:
        """Yield a sentence for everything that is wrong, first things first."""
        self._began, self._kept_at = timestamp(timezone.now()), time.monotonic()
        for finding in self._findings():
            self.is_sound = False
            yield finding
        self._keep(only_forward=False)

    def _findings(self) -> Findings:
        yield from triggers.flaws(connection)
        for kid in signer().forged_keys():
            yield f"The signing key {kid} was written by somebody without the servers' secret."
        # What is appended from here on is for the next pass.
        self._remember()
        self._head = ChainHead.objects.first()
        self._expect()
        heads = ComparedHeads(exported_heads(self.heads), until=self._began)
        yield from self._segments(heads)
        yield from self._pass_over_verified(heads)
        yield from self._table(heads)
        yield from self._end(heads)
        for row in waiting_rows():
            self.waiting += 1
            yield from contents(
                row, text_of(row), f"The waiting act {row.act['id']}", self._blanked
            )
            self.on_row(row)
        yield from self._blanked.findings(saw_all=self.saw_all)
        self.compared_heads, self.uncompared_heads = heads.compared, heads.uncompared

    def _segments(self, heads: ComparedHeads) -> Findings:
        files = {seal_line(path): path for path in self.archives}
        for segment in Segment.objects.order_by("first"):
            yield from flaws_of_seal(segment, self._place)
            path = files.pop(segment.jws, None)
            if self.behind and segment.last <= self.behind.place.number:
                self._place = ChainPlace(segment.last, segment.last_hash)
                yield from self._expected.compare(*self._place)
                yield from heads.pass_over(*self._place)
            elif path is None:
                yield from self._unseen(segment, heads)
            else:
                yield from self._file(path, segment, heads)
            if self._place != (segment.last, segment.last_hash):
                yield f"The archive of rows {segment} does not end as its seal says."
                self._place = ChainPlace(segment.last, segment.last_hash)
            self.archived += segment.last - segment.first + 1
        for path in files.values():
            yield f"{path.name} is no archive of this history."

    def _unseen(self, segment: Segment, heads: ComparedHeads) -> Findings:
        self.saw_all = False
        self._place = ChainPlace(segment.last, segment.last_hash)
        before = heads.uncompared
        yield from heads.pass_over(*self._place)
        if segment.last > self.trust_seals_until:
            skipped = heads.uncompared - before
            heads_too = f", nor were {skipped} exported heads" if skipped else ""
            self.uncompared.append(
                f"Rows {segment} are in no archive that was given: not checked{heads_too}."
            )

    def _file(self, path: Path, segment: Segment, heads: ComparedHeads) -> Findings:
        rows, counted = archived_rows(path), SignedActs(self.on_row)
        while True:
            some = islice(rows, STRETCH)
            checked = check(some, self._place, self._oldest_key, counted)
            yield from self._passed(checked, heads)
            if checked.broken:
                yield f"{path.name}, after row {self._place.number}: {checked.broken}."
                return
            if not checked.passed:
                break
        if counted.count != segment.signed:
            yield f"The archive of rows {segment} has other signed approvals than its seal says."

    def _pass_over_verified(self, heads: ComparedHeads) -> Findings:
        """Go on behind what has been verified, if the row that it ended with is still there."""
        if self.behind is None:
            return
        self.saw_all = False
        if self._place.number >= self.behind.place.number:
            return  # archived since
        self._place = self.behind.place
        there = place_of(self._place.number)
        yield from self._expected.compare(*(there or ChainPlace(self._place.number, "")))
        yield from heads.pass_over(*self._place)

    def _table(self, heads: ComparedHeads) -> Findings:
        run = self.run or self._run_here
        # Rows that are behind a seal and in the table too are looked at as well.
        is_behind = self.behind and self._place == self.behind.place
        after = self._place.number if is_behind else BEFORE_ALL
        for checked in run(stretches(self._place, after, self._oldest_key, self.stretch)):
            if checked.begins != self._place:
                yield f"Row {self._place.number} is not the one that was to be followed."
            yield from self._passed(checked, heads)
            if time.monotonic() - self._kept_at > OFTEN:
                self._keep(only_forward=True)

    def _run_here(self, table: Iterable[Stretch]) -> Iterator[Checked]:
        for stretch in table:
            yield check_stretch(stretch, self.on_row)

    def _passed(self, checked: Checked, heads: ComparedHeads) -> Findings:
        for index, place in enumerate(checked.passed):
            if index in checked.findings:
                yield from checked.findings[index]
            if place.number in self._expected:
                yield from self._expected.compare(*place)
            if place.number >= heads.next_number:
                yield from heads.compare(*place)
        self._blanked.add(checked.blanked)
        self._oldest_key = min(self._oldest_key, checked.oldest_key)
        self._place = checked.ends
        self.rows += len(checked.passed)
        self.progress(self.rows)

    def _expect(self) -> None:
        if self._head:
            said = "is not the one that the head of the chain names."
            self._expected.expect(self._head.number, self._head.hash, said)
        if self._last:
            said = "is not the one that had been linked."
            self._expected.expect(self._last.number, self._last.hash, said)
        if self.behind:
            said = f"is not the one that was verified at {self.behind.at}."
            self._expected.expect(*self.behind.place, said)

    def _end(self, heads: ComparedHeads) -> Findings:
        number = self._place.number
        if self._head is None and number:
            yield "The head of the chain is missing."
        elif self._head is not None and self._head.number > number:
            yield missing_rows(number + 1, self._head.number)
        yield from heads.beyond(number)
        if self._last and self._last.number > number:
            yield f"{missing_rows(number + 1, self._last.number)} It had been linked."

    def _remember(self) -> None:
        """Find out what was linked last, which is not in the database."""
        try:
            self._last = remembered()
        except MemoryUnusableError as error:
            self.uncompared.append(f"The end was not compared with what was linked last: {error}")

    def _keep(self, *, only_forward: bool) -> None:
        """Keep how far it has come, as long as all is as it was written."""
        self._kept_at = time.monotonic()
        if not self.is_sound or self.uncompared or not self._place.number:
            return
        whole = self.behind.whole_at if self.behind else self._began
        try:
            keep_verified(Verified(self._place, self._began, whole), only_forward=only_forward)
        except MemoryUnusableError as error:
            self.uncompared.append(f"How far it was verified could not be kept: {error}")
