"""Going on after a restore from a backup: the gap is real, explained by somebody, and an act."""

from django.db import transaction

from foundation.journal.chain.linking import HistoryWentBackError, check_not_back, last_linked, link
from foundation.journal.chain.memory import Last, accept
from foundation.journal.entries import Entry
from foundation.journal.models.history import ChainHead
from foundation.journal.models.kinds import Actor, Kind
from foundation.journal.recording import record


class NothingToAcceptError(Exception):
    """The chain holds the row that was linked last."""


def resume() -> Last:
    """Let links go on from where the chain ends, and record what was lost; return that.

    Raise NothingToAcceptError.
    """
    with transaction.atomic():
        head = ChainHead.objects.select_for_update().first() or ChainHead(hash="")
        lost = last_linked()
        try:
            check_not_back(head)
        except HistoryWentBackError:
            pass
        else:
            raise NothingToAcceptError
        if lost is None:
            raise NothingToAcceptError
        accept(Last(head.number, head.hash))
        detail = {"lost": lost.number, "hash": lost.hash, "from": head.number}
        record([Entry(kind=Kind.HISTORY_RESUMED, actor=Actor.SYSTEM, detail=detail)])
    link()
    return lost
