"""All parts together: every act is shown to each, then each says what disagrees."""

from collections.abc import Iterator
from typing import Protocol

from consent.replay.approvals import Approvals
from consent.replay.decisions import Decisions
from consent.replay.delegations import Delegations
from consent.replay.grants import Grants
from consent.replay.signatures import Signatures
from foundation.journal.chain.rows import ChainRow
from foundation.journal.changes.replaying import ReplayedConfiguration


class ReplayPart(Protocol):
    """One kind of row."""

    def take(self, row: ChainRow) -> None:
        """Do what an act did; acts come in the order of the chain."""

    def findings(self) -> Iterator[str]:
        """Yield a sentence for every row of the table that is not what the acts made."""


class Replay:
    """One pass over all acts, beside one over the chain."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._parts: tuple[ReplayPart, ...] = (
            Grants(),
            Decisions(),
            Approvals(),
            Delegations(),
            Signatures(),
            ReplayedConfiguration(),
        )

    def take(self, row: ChainRow) -> None:
        """Show an act to all parts."""
        for part in self._parts:
            part.take(row)

    def findings(self) -> Iterator[str]:
        """Yield what disagrees, part by part."""
        for part in self._parts:
            yield from part.findings()
