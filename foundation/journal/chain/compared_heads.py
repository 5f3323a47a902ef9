"""Exported heads, oldest first, compared with the rows as they pass."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator

from foundation.base.keys.documents import BadSignatureError
from foundation.journal.chain.canonical import is_same
from foundation.journal.chain.heads import Head


class ComparedHeads:
    """One pass over the heads, beside one over the rows."""

    def __init__(self, heads: Iterable[Head], *, until: str) -> None:
        """Take heads, of which those said to be later than `until` (RFC 3339) are left alone."""
        self._heads = iter(heads)
        self._until = until
        self._broken = ""
        self._next = self._advance()
        self.compared = 0
        self.uncompared = 0
        """Heads of rows that nobody showed us."""

    @property
    def next_number(self) -> int:
        """The row that the next head names; beyond all rows when there is none."""
        return self._next.number if self._next else sys.maxsize

    def compare(self, number: int, row_hash: str) -> Iterator[str]:
        """Yield what is wrong with the heads up to this row, before which all were compared."""
        while self._next is not None and self._next.number <= number:
            head = self._next
            if head.number == number:
                self.compared += 1
                if not is_same(head.hash, row_hash):
                    yield f"Row {number} is not the one that was exported at {head.at}."
            else:
                yield f"The head exported at {head.at} names row {head.number}, out of order."
            self._next = self._advance()

    def pass_over(self, number: int, row_hash: str) -> Iterator[str]:
        """Go on behind rows that are not here; the last of them is known by its hash."""
        while self._next is not None and self._next.number < number:
            self.uncompared += 1
            self._next = self._advance()
        yield from self.compare(number, row_hash)

    def beyond(self, last: int) -> Iterator[str]:
        """Yield what is wrong with the heads after the last row."""
        if self._next is not None:
            yield (
                f"{missing_rows(last + 1, self._next.number)} "
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


def missing_rows(first: int, last: int) -> str:
    """Say that rows are missing."""
    return f"Row {first} is missing." if first == last else f"Rows {first} to {last} are missing."


class ExpectedRows:
    """Rows whose hash is known from elsewhere."""

    def __init__(self) -> None:
        """Expect nothing."""
        self._rows: dict[int, list[tuple[str, str]]] = defaultdict(list)

    def expect(self, number: int, row_hash: str, said: str) -> None:
        """Say what a row is, and what it "is not …" if it has another hash."""
        self._rows[number].append((row_hash, said))

    def compare(self, number: int, row_hash: str) -> Iterator[str]:
        """Yield what a row is not."""
        for expected, said in self._rows.get(number, ()):
            if expected != row_hash:
                yield f"Row {number} {said}"

    def __contains__(self, number: int) -> bool:
        return number in self._rows
