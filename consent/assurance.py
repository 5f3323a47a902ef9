"""How strong a sign-in has to be for a scope: the one order of levels, and the one comparison.

The levels are `acr` values (OIDC Core §2), weakest first, in the setting ACR_LEVELS.
"""

from collections.abc import Iterable

from django.conf import settings

from consent import catalogue
from consent.catalogue import CatalogueEntry


def levels() -> tuple[str, ...]:
    """Return the known levels, weakest first."""
    return tuple(settings.ACR_LEVELS)


def satisfies(acr: str, minimum: str) -> bool:
    """Say whether a sign-in is strong enough. A level that nobody knows never is, nor satisfied."""
    if not minimum:
        return True
    order = levels()
    return acr in order and minimum in order and order.index(acr) >= order.index(minimum)


def is_within_reach(scope: str, acr: str) -> bool:
    """Say whether a sign-in may use a scope of the catalogue. Warm: no statement."""
    entry = catalogue.find(scope)
    return entry is not None and satisfies(acr, entry.minimum_acr)


def parted(
    entries: Iterable[CatalogueEntry], acr: str
) -> tuple[tuple[CatalogueEntry, ...], tuple[CatalogueEntry, ...]]:
    """Return the entries that a sign-in may use, and those that it may not."""
    found: dict[bool, list[CatalogueEntry]] = {True: [], False: []}
    for entry in entries:
        found[satisfies(acr, entry.minimum_acr)].append(entry)
    return tuple(found[True]), tuple(found[False])
