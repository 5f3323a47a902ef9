"""Who stands in for whom."""

from collections.abc import Iterator
from dataclasses import dataclass

from consent.approvals.models import Delegation
from consent.replay.acts import people, person_of, said_of
from foundation.journal.chain.rows import ChainRow
from foundation.journal.models import Kind


@dataclass
class Arranged:
    """What the acts say of one; people are None when nobody can know any more."""

    away: str | None
    present: str | None
    starts: int
    ends: int
    has_ended: bool = False


class Delegations:
    """Replays arranging and ending."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._made: dict[str, Arranged] = {}

    def take(self, row: ChainRow) -> None:
        """Do what the act did."""
        said = row.act["detail"]
        if row.act["kind"] not in {Kind.DELEGATED, Kind.DELEGATION_ENDED}:
            return
        self._made[str(said["delegation"])] = Arranged(
            person_of(row),
            said_of(row, "other_id"),
            said["from"],
            said["until"],
            has_ended=row.act["kind"] == Kind.DELEGATION_ENDED,
        )

    def findings(self) -> Iterator[str]:
        """Yield what disagrees."""
        accounts, made = people(), dict(self._made)
        for row in Delegation.objects.order_by("pk"):
            said = made.pop(str(row.pk), None)
            if said is None:
                yield f"Delegation {row.pk} was made without an act."
            elif not _is_as(row, said):
                yield f"Delegation {row.pk} is not what its act says."
        for pk, lost in made.items():
            if {lost.away, lost.present} <= accounts and not lost.has_ended:
                yield f"Delegation {pk} is gone, and no act says so."


def _is_as(row: Delegation, said: Arranged) -> bool:
    times = (int(row.starts_at.timestamp()), int(row.ends_at.timestamp()))
    return (
        times == (said.starts, said.ends)
        and said.away in {None, str(row.from_person_id)}
        and said.present in {None, str(row.to_person_id)}
    )
