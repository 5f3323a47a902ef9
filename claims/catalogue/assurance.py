"""How strong a sign-in has to be for a scope."""

from collections.abc import Iterable

from claims.catalogue.scopes import CatalogueEntry
from foundation.directory.levels import satisfies


def is_within_reach(entry: CatalogueEntry, acr: str) -> bool:
    """Say whether a sign-in may use a scope."""
    return not entry.minimum_acr or satisfies(acr, entry.minimum_acr)


def parted(
    entries: Iterable[CatalogueEntry], acr: str
) -> tuple[tuple[CatalogueEntry, ...], tuple[CatalogueEntry, ...]]:
    """Return the entries that a sign-in may use, and those that it may not."""
    found: dict[bool, list[CatalogueEntry]] = {True: [], False: []}
    for entry in entries:
        found[is_within_reach(entry, acr)].append(entry)
    return tuple(found[True]), tuple(found[False])
