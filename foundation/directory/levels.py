"""How strong a sign-in is: the one order of levels, and the one comparison.

The levels are `acr` values (OIDC Core §2), weakest first, in the setting ACR_LEVELS.
"""

from django.conf import settings


def levels() -> tuple[str, ...]:
    """Return the known levels, weakest first."""
    return tuple(settings.ACR_LEVELS)


def satisfies(acr: str, minimum: str) -> bool:
    """Say whether a sign-in is strong enough. A level that nobody knows never is, nor satisfied."""
    if not minimum:
        return True
    order = levels()
    return acr in order and minimum in order and order.index(acr) >= order.index(minimum)
