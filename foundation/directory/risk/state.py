"""What the browser session remembers of its last assessment; reading it takes no statement."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from foundation.directory.factors.proofs import Strength
from foundation.directory.levels import levels, satisfies
from foundation.directory.risk.context import Whereabouts
from foundation.directory.risk.scoring import JudgedPart, Risk

KEY = "risk"
_READ = "_risk_read"


@dataclass(frozen=True, slots=True)
class RiskState:
    """Where the session has been, and what became of it."""

    risk: Risk
    confirmed: tuple[Whereabouts, ...]
    """Where the person has signed in or re-authenticated."""
    visited: tuple[Whereabouts, ...] = ()
    """Where the session turned up besides; judged already, and not once more."""
    demanded_acr: str = ""
    """What a sign-in has to reach before it counts again (OIDC Core §2 `acr`); empty: nothing."""
    doubted_at: datetime | None = None
    """What was proved before does not count towards it; None: all of the session's does."""
    is_confirmed: bool = False
    """The person has re-authenticated since that was demanded."""

    def knows(self, here: Whereabouts) -> bool:
        """Say whether the session has been here before, so that there is nothing to judge."""
        return here in self.confirmed or here in self.visited

    def is_doubted(self, acr: str) -> bool:
        """Say whether a sign-in still has to be confirmed, `acr` being that since `doubted_at`."""
        if not self.demanded_acr:
            return False
        return not (self.is_confirmed and satisfies(acr, self.demanded_acr))


def stronger_than(acr: str, most: Strength) -> str:
    """Return the level above this one, or the highest that the person can reach."""
    order = levels()
    place = order.index(acr) + 1 if acr in order else len(order)
    return order[min(place, len(order) - 1, most - 1)]


def read(session: SessionBase) -> RiskState | None:
    """Return the state, None when the session was never assessed. Read once, it is kept with it."""
    stored: Any = session.get(KEY)
    if stored is None:
        return None
    of_what, state = getattr(session, _READ, (None, None))
    if of_what is not stored:
        state = _state(stored)
        setattr(session, _READ, (stored, state))
    return state


def _state(stored: Any) -> RiskState:
    return RiskState(
        risk=Risk.of(JudgedPart.from_json(part) for part in stored["parts"]),
        confirmed=tuple(Whereabouts(*place) for place in stored["confirmed"]),
        visited=tuple(Whereabouts(*place) for place in stored["visited"]),
        demanded_acr=stored["demanded_acr"],
        doubted_at=datetime.fromtimestamp(at, UTC) if (at := stored.get("doubted_at")) else None,
        is_confirmed=stored["is_confirmed"],
    )


def write(session: SessionBase, state: RiskState) -> None:
    """Remember the state until the session ends."""
    session[KEY] = {
        "parts": [part.as_json() for part in state.risk.parts],
        "confirmed": state.confirmed,
        "visited": state.visited,
        "demanded_acr": state.demanded_acr,
        "doubted_at": state.doubted_at.timestamp() if state.doubted_at else None,
        "is_confirmed": state.is_confirmed,
    }
