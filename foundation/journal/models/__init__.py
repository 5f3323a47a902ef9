"""The tables of the journal."""

from foundation.journal.models.deny_list_entry import DenyListEntry
from foundation.journal.models.history import Act, Actor, ChainHead, Kind, PersonalPart, Segment

__all__ = ["Act", "Actor", "ChainHead", "DenyListEntry", "Kind", "PersonalPart", "Segment"]
