"""One question: a scope, and what is known of it before it is asked."""

from dataclasses import dataclass
from datetime import datetime

from claims.catalogue.scopes import CatalogueEntry
from consent.asking.states import ScopeState
from consent.grants.single_claims import SingleClaim


@dataclass(frozen=True)
class ScopeQuestion:
    """One scope that is not implicit, with what the person decided about it."""

    entry: CatalogueEntry
    state: ScopeState
    asked: bool
    """Whether it has to be put to the person now."""
    decided_at: datetime | None = None
    expires_at: datetime | None = None
    withheld: frozenset[str] = frozenset()
    """The claims left out last time."""
    shared_email: str = ""
    """The address chosen last time; empty: the main one."""
    cautious: bool = False
    """Nothing optional is ticked in advance, whatever was decided before."""

    @property
    def is_single(self) -> bool:
        """Whether it is about one claim, asked for without its scope."""
        return isinstance(self.entry, SingleClaim)

    @property
    def ticked(self) -> bool:
        """Whether the box is ticked when the screen opens; a denial stays a denial.

        What is sensitive is never ticked in advance, for anybody.
        """
        if self.entry.is_required:
            return True
        if self.cautious or self.entry.is_emphasised:
            return False
        return (
            self.entry.ticked
            if self.state is ScopeState.NEW
            else self.state is not ScopeState.DENIED
        )
