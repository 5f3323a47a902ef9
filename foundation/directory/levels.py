"""How strong a sign-in is: the one order of levels, and the one comparison.

The levels are `acr` values (OIDC Core §2), weakest first, in the setting ACR_LEVELS.
"""

from django.conf import settings

from foundation.directory.factors.proofs import Strength

ACR_ONE_FACTOR = "urn:scopeward:acr:1"
"""The level of a password alone, as it is called where nobody has named the levels anew."""


def levels() -> tuple[str, ...]:
    """Return the known levels, weakest first."""
    return tuple(settings.ACR_LEVELS)


def satisfies(acr: str, minimum: str) -> bool:
    """Say whether a sign-in is strong enough. A level that nobody knows never is, nor satisfied."""
    if not minimum:
        return True
    order = levels()
    return acr in order and minimum in order and order.index(acr) >= order.index(minimum)


def acr_of(strength: Strength) -> str:
    """Return the level that a sign-in of this strength has reached."""
    order = levels()
    return order[min(strength, len(order)) - 1]


def strength_for(acr: str) -> Strength:
    """Return the strength that a level needs; the least for one that nobody knows."""
    order = levels()
    return Strength(min(order.index(acr) + 1, len(Strength))) if acr in order else Strength(1)
