"""The door of the journal: what others record, and have linked."""

from foundation.journal.chain.heads import export_head
from foundation.journal.chain.linking import link
from foundation.journal.entries import Entry
from foundation.journal.models import Actor, Kind
from foundation.journal.recording import record

__all__ = ["Actor", "Entry", "Kind", "export_head", "link", "record"]
