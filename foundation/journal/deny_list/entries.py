"""Entries as values, and the whole list of them."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from foundation.journal.models import DenyListEntry

Kind = DenyListEntry.Kind


@dataclass(frozen=True)
class DenyList:
    """Everything that is refused at one moment; `revision` is another when it is."""

    revision: str
    grants: tuple[dict[str, Any], ...]
    """`{"grant_id": …, "scopes": [names] or None for all, "before": epoch seconds}`."""
    tokens: tuple[dict[str, Any], ...]
    """`{"jti": …}`."""
    families: tuple[str, ...]
    """Ids of token families in hexadecimal; a token's `jti` begins with it."""


def as_text(entry: DenyListEntry) -> str:
    """Return an entry as one line of text, the same for the same entry."""
    return json.dumps([entry.kind, entry.value], sort_keys=True, separators=(",", ":"))


def from_texts(texts: Iterable[str]) -> DenyList:
    """Return the list that the lines make up, in whatever order and however often they come."""
    lines = sorted(set(texts))
    found: dict[str, list[Any]] = {kind: [] for kind in Kind.values}
    for line in lines:
        kind, value = json.loads(line)
        found[kind].append(value)
    revision = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]
    return DenyList(revision, **{kind: tuple(values) for kind, values in found.items()})
