"""Acts of approvals that take signatures: how many there are is in the seal of an archive.

So it is known without the archive whether anybody signed anything in it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from foundation.journal.chain.canonical import Members
from foundation.journal.chain.rows import ChainRow
from foundation.journal.models import Kind

ABOUT_SIGNATURES = Q(kind=Kind.QUERY_REQUESTED, detail__signed=True) | Q(
    kind=Kind.QUERY_VOTED, detail__has_key="signature"
)


def is_about_signatures(act: Members) -> bool:
    """Say of one act what `ABOUT_SIGNATURES` says of many."""
    said = act["detail"]
    if act["kind"] == Kind.QUERY_REQUESTED:
        return said.get("signed") is True
    return act["kind"] == Kind.QUERY_VOTED and "signature" in said


@dataclass
class Counted:
    """Counts them on the way to whoever else sees the rows."""

    then: Callable[[ChainRow], object]
    signed: int = 0

    def __call__(self, row: ChainRow) -> None:
        """Count one row, and show it on."""
        self.signed += is_about_signatures(row.act)
        self.then(row)
