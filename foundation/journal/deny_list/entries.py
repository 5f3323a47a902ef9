"""Entries as lines of text, and the whole list of them."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from foundation.journal.models import DenyListEntry
from scopeward_guard.vocabulary import DenyList, parse_deny_list

Kind = DenyListEntry.Kind

MAX_AGE = 10
"""Seconds that a guard may go on with a list when it cannot get a newer one."""


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
    return parse_deny_list({"revision": revision, "max_age": MAX_AGE, **found})
