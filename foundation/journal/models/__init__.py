"""The tables of the journal."""

from foundation.journal.models.change import Change
from foundation.journal.models.deny_list_entry import DenyListEntry
from foundation.journal.models.history import Act, ChainHead, PersonalPart, Segment
from foundation.journal.models.kinds import Actor, Kind
from foundation.journal.models.minted_token import MintedToken

__all__ = [
    "Act",
    "Actor",
    "ChainHead",
    "Change",
    "DenyListEntry",
    "Kind",
    "MintedToken",
    "PersonalPart",
    "Segment",
]
