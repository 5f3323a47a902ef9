"""Erasing what the history says about a person, on request; the acts and the chain stay."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid4

from django.db import transaction

from consent.history.archive import erase_in_archive
from consent.history.canonical import PERSONAL_FIELDS
from consent.history.entries import Entry
from consent.history.recording import record
from consent.models.history import Actor, Kind, PersonalPart

BLANK = dict.fromkeys(("salt", *PERSONAL_FIELDS, "shared_email"), "")


@transaction.atomic
def erase_history_of(person: UUID, *, archives: Sequence[Path] = ()) -> int:
    """Blank the personal part of every act of a person; return how many.

    The erasure is an act itself, which says how many it blanked: blanking without one is found.
    What a person did as an administrator to others stays with those others.
    """
    occasion = f"erased {uuid4()}"
    entry = Entry(kind=Kind.ERASED, actor=Actor.SYSTEM, occasion=occasion)
    assert entry.key is not None  # noqa: S101 - it has an occasion
    parts = PersonalPart.objects.filter(person_id=person, erased_in=None)
    count = parts.update(**BLANK, person_id=None, erased_in=entry.key)
    count += sum(erase_in_archive(path, person, entry.key) for path in archives)
    if count:
        detail = {"rows": count}
        record([Entry(kind=Kind.ERASED, actor=Actor.SYSTEM, occasion=occasion, detail=detail)])
    return count
