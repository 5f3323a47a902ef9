"""Acts that are in archives which were not given: what their seals still say of them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from foundation.journal.chain.rows import ChainRow, personal_file, seal_line
from foundation.journal.models.history import Segment

Place = tuple[float, float]
"""Number in the chain, infinite for what is not linked yet; and the how many-th act it is."""
BEFORE_ALL: Place = (0, 0)


@dataclass(frozen=True)
class Gaps:
    """Rows that nobody sees."""

    last: int = 0
    """The last of them; 0: there are none."""
    signed: int = 0
    """How many of them are of approvals that take signatures."""

    def __bool__(self) -> bool:
        """Whether any act is not seen."""
        return self.last > 0

    def since(self, seen_at: Place | None) -> Place:
        """Return from where on something is as it is, by the last act of it that was seen.

        Acts that are not seen may have set it too.
        """
        return max(seen_at or BEFORE_ALL, (self.last, math.inf) if self else BEFORE_ALL)


NO_GAPS = Gaps()


def gaps_beside(archives: Iterable[Path]) -> Gaps:
    """Return what is sealed, and in none of these archives; one statement.

    Of acts whose personal part is elsewhere nobody knows whose they are: they are not seen either.
    """
    given = {seal_line(path) for path in archives if personal_file(path).exists()}
    unseen = [segment for segment in Segment.objects.all() if segment.jws not in given]
    return Gaps(
        last=max((segment.last for segment in unseen), default=0),
        signed=sum(segment.signed for segment in unseen),
    )


def place_of(row: ChainRow, nth: int) -> Place:
    """Return where an act stands."""
    return (math.inf if row.number is None else row.number, nth)
