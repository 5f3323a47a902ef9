"""What stands for the questions that a person saw: an answer counts only for these."""

import hashlib
from collections.abc import Collection, Iterable

from claims.catalogue.scopes import CatalogueEntry
from claims.contents import claims_of
from consent.asking.caution import Caution


def fingerprint(
    cautions: Collection[Caution],
    entries: Iterable[CatalogueEntry],
    details: Collection[str] = (),
) -> str:
    """Return 32 hexadecimal digits that change with anything that would be asked differently.

    Texts count through their version, so a corrected comma asks nobody again; the values that would
    be released do not count. `details` stand for all that is shown of each detail.
    """
    shown = [
        (
            *(entry.name, entry.text_version, entry.policy),
            *(entry.maximum_lifetime, entry.resource_server, claims_of(entry.template)),
        )
        for entry in entries
    ]
    about = repr((tuple(cautions), shown, tuple(details)))
    return hashlib.sha256(about.encode()).hexdigest()[:32]
