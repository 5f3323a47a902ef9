"""The door of the journal: what others record, have linked, and read."""

from foundation.journal.chain.heads import export_head
from foundation.journal.chain.linking import link
from foundation.journal.changes.acting import acting_as, author_at_work
from foundation.journal.changes.recording_changes import record_changes
from foundation.journal.changes.selectors import (
    acts_about,
    changes_since,
    fields_changed,
    object_of,
)
from foundation.journal.entries import Entry
from foundation.journal.models import Actor, Kind
from foundation.journal.recording import record, record_unless_told

__all__ = [
    "Actor",
    "Entry",
    "Kind",
    "acting_as",
    "acts_about",
    "author_at_work",
    "changes_since",
    "export_head",
    "fields_changed",
    "link",
    "object_of",
    "record",
    "record_changes",
    "record_unless_told",
]
