"""What a sign-in owes: the one place that says whether it may be used.

What is demanded of the person is remembered in the session, so that a request takes no statement
for it. It is looked at anew at each sign-in, when the rules are others or the person has become an
administrator, and otherwise after a while: roles and groups change.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from foundation.directory.factors.proofs import Strength
from foundation.directory.levels import acr_of, satisfies
from foundation.directory.models import User
from foundation.directory.sign_in import SignIn
from foundation.directory.step_up import StepUp
from idp.enforcement.demands import FactorDemand, demands_on, is_anything_demanded
from idp.enforcement.rules import current_rules, is_administrator

KEY = "demands"
"""Where the session keeps them."""
GOOD_FOR = 600
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What a sign-in is too weak for."""

    strength: Strength
    until: datetime | None = None
    """Until then it may be used; None: not before it is as strong as that."""

    @property
    def is_due(self) -> bool:
        """The sign-in may not be used."""
        return self.until is None

    @property
    def step_up(self) -> StepUp:
        """What it has to be."""
        return StepUp(acr_of(self.strength))


def owed_by(
    request: HttpRequest, sign_in: SignIn | None, now: datetime, *, anew: bool = False
) -> Owed | None:
    """Return what the sign-in of this browser owes, what is due before what will be.

    A session that does not say how somebody signed in is worth nothing. No statement, unless what
    is remembered is too old, or was found `anew`.
    """
    person = request.user
    if not isinstance(person, User) or not is_anything_demanded(person):
        return None
    acr = sign_in.acr if sign_in is not None else ""
    demands = _demands(request, person, now, anew=anew)
    return _owed(acr, demands, now)


def is_due(request: HttpRequest, sign_in: SignIn | None, now: datetime) -> Owed | None:
    """Return what has to be there before the sign-in may be used; None: it may."""
    owed = owed_by(request, sign_in, now)
    return owed if owed is not None and owed.is_due else None


def _owed(acr: str, demands: Iterable[FactorDemand], now: datetime) -> Owed | None:
    unmet = [each for each in demands if not satisfies(acr, acr_of(each.strength))]
    if due := [each.strength for each in unmet if each.begins_at <= now]:
        return Owed(max(due))
    if not unmet:
        return None
    first = min(unmet, key=lambda each: (each.since, -each.strength))
    return Owed(first.strength, first.begins_at)


def _demands(
    request: HttpRequest, person: User, now: datetime, *, anew: bool
) -> tuple[FactorDemand, ...]:
    about = [str(person.pk), current_rules().version, is_administrator(person)]
    kept = request.session.get(KEY)
    if kept and not anew and kept["about"] == about and _is_young(kept["at"], now):
        return tuple(FactorDemand(Strength(strength), since) for strength, since in kept["demands"])
    found = demands_on(person, now)
    request.session[KEY] = {
        "about": about,
        "at": int(now.timestamp()),
        "demands": [[each.strength.value, each.since] for each in found],
    }
    return found


def _is_young(at: int, now: datetime) -> bool:
    return 0 <= now.timestamp() - at + 1 <= GOOD_FOR
