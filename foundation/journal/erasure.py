"""Erasing what the history says about a person, on request; the acts and the chain stay."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from foundation.journal.archive import erase_in_archive
from foundation.journal.chain.canonical import PERSONAL_FIELDS, erased_digest, erasure_mac
from foundation.journal.changes.recording_changes import record_changes
from foundation.journal.entries import Entry
from foundation.journal.keys import new_key
from foundation.journal.models.history import PersonalPart
from foundation.journal.models.kinds import Actor, Kind
from foundation.journal.recording import record

BLANK = ("salt", *PERSONAL_FIELDS, "shared_email")
"""Columns of text that are blanked."""
BATCH = 50


@transaction.atomic
def erase_history_of(person: UUID, *, archives: Sequence[Path] = ()) -> int:
    """Blank the personal part of every act of a person; return how many.

    The erasure is an act itself, which says how many it blanked and by a digest which: blanking
    without one is found. What a person did as an administrator to others stays with those others.
    A change about two people, such as of who owns data, is blanked with either.
    """
    record_changes()
    now = timezone.now()
    erasure = new_key(now)
    blanked = _blank(person, erasure)
    for path in archives:
        blanked += erase_in_archive(path, person, erasure)
    if blanked:
        detail = {"rows": len(blanked), "digest": erased_digest(blanked)}
        record([Entry(Kind.ERASED, Actor.SYSTEM, id=erasure, at=now, detail=detail)])
    return len(blanked)


def _blank(person: UUID, erasure: UUID) -> list[str]:
    """Blank what the table holds, each with its own MAC; return the ids of the acts."""
    about = Q(person_id=person) | Q(other_id=str(person)) & ~Q(changes="")
    parts = PersonalPart.objects.select_for_update().filter(about, erased_in=None)
    blanked = list(parts)
    for part in blanked:
        part.person_id, part.erased_in = None, erasure
        part.erased_mac = erasure_mac(str(part.act_id), str(erasure))
        for column in BLANK:
            setattr(part, column, "")
    columns = [*BLANK, "person", "erased_in", "erased_mac"]
    PersonalPart.objects.bulk_update(blanked, columns, batch_size=BATCH)
    return [str(part.act_id) for part in blanked]
