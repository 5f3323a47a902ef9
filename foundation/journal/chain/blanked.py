"""What was blanked, held against the erasures that say what they blanked."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from foundation.journal.chain import canonical
from foundation.journal.chain.rows import ChainRow


def _nothing() -> defaultdict[str, list[str]]:
    return defaultdict(list)


@dataclass
class Blanked:
    """Tallies the rows as they pass; then says what does not agree."""

    acts: dict[str, list[str]] = field(default_factory=_nothing)
    """Of each erasure, the acts that were blanked in it."""
    erasures: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What each erasure says."""

    def erasure(self, act: dict[str, Any]) -> None:
        """Take down an act of erasing."""
        self.erasures[act["id"]] = act["detail"]

    def blanked(self, row: ChainRow, name: str) -> Iterator[str]:
        """Take down a row without its personal part; yield what is wrong with that."""
        erasure = row.erased_in or ""
        self.acts[erasure].append(row.act["id"])
        if not canonical.is_erased(row.erased_mac, row.act["id"], erasure):
            yield f"{name}: its personal part was blanked without the operator's secret."

    def add(self, other: "Blanked") -> None:
        """Take over what another one has taken down, of rows that come after ours."""
        for erasure, acts in other.acts.items():
            self.acts[erasure] += acts
        self.erasures |= other.erasures

    def findings(self, *, saw_all: bool) -> Iterator[str]:
        """Yield what does not agree; `saw_all` unless there are rows that nobody showed us."""
        for erasure, acts in self.acts.items():
            said = self.erasures.get(erasure)
            if said is None:
                if saw_all:
                    yield (
                        f"{len(acts)} personal parts were blanked without an erasure "
                        f"(act {erasure})."
                    )
            elif len(acts) > int(said.get("rows", 0)):
                yield f"More personal parts were blanked than erased (act {erasure})."
            elif len(acts) == said["rows"] and canonical.erased_digest(acts) != said.get("digest"):
                yield f"Other personal parts were blanked than those erased (act {erasure})."
