"""What a sign-in has to be for something: how strong, and proved since when (RFC 9470 §3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from django.http import HttpRequest

from foundation.directory.levels import levels, satisfies
from foundation.directory.sign_in import SignIn

LEVEL, SINCE = "level", "since"
"""Parameters of the page where somebody confirms that it is them."""


@dataclass(frozen=True, slots=True)
class StepUp:
    """A level, and the moment since when all that it takes has to be proved; each may be absent."""

    level: str = ""
    since: datetime | None = None

    def is_met_by(self, sign_in: SignIn) -> bool:
        """Say whether a sign-in is enough: level and youth are those of the same proofs."""
        if self.since is None:
            return satisfies(sign_in.acr, self.level)
        acr = sign_in.acr_since(self.since)
        return satisfies(acr, self.level) if self.level else bool(acr)

    @property
    def parameters(self) -> dict[str, str]:
        """Return what tells the page what to offer."""
        said = {LEVEL: self.level, SINCE: str(int(self.since.timestamp())) if self.since else ""}
        return {name: value for name, value in said.items() if value}

    @classmethod
    def offered(cls, request: HttpRequest) -> Self:
        """Return what an address of the page says; what makes no sense is not said.

        It only chooses what is offered: whoever demands something looks for itself.
        """
        said = request.GET.get(SINCE, "")
        is_moment = said.isascii() and said.isdecimal() and len(said) <= 10
        since = datetime.fromtimestamp(int(said), UTC) if is_moment else None
        return cls(request.GET.get(LEVEL, ""), since)


def most(wanted: Iterable[StepUp]) -> StepUp:
    """Return what is enough for each of them; a level that nobody knows stays: nothing reaches it.

    Nothing is wanted where there is none.
    """
    wanted = tuple(wanted)
    order = levels()
    named = [one.level for one in wanted if one.level]
    unknown = [level for level in named if level not in order]
    level = next(iter(unknown), "") or max(named, key=order.index, default="")
    return StepUp(level, max((one.since for one in wanted if one.since), default=None))
