"""Retention: the oldest rows go to a file, and a signed seal stays in their place.

The file holds the acts; the file beside it, `<name>.personal`, what they say about people, in the
same order. The second can be thinned out or deleted, and the first still verifies.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from foundation.base.keys.documents import SEGMENT_TYP, signer
from foundation.journal.chain.canonical import FIRST_HASH, erasure_mac, segment_mac
from foundation.journal.chain.reading import linked_rows
from foundation.journal.chain.rows import personal_file, segment_members, write_row
from foundation.journal.models.history import Act, ChainHead, PersonalPart, Segment


class NothingToArchiveError(Exception):
    """No linked act is old enough."""


@transaction.atomic
def archive(before: datetime, path: Path) -> Segment:
    """Move the rows up to the last one before which all are older than `before`; return the seal.

    The file is complete on disk before a row is removed. Raise NothingToArchiveError, and
    FileExistsError for a path that is taken.
    """
    # Whoever links or archives holds the head.
    ChainHead.objects.select_for_update().first()
    segment = _next_segment(before)
    _write_files(segment, path)
    segment.save(force_insert=True)
    rows = Act.objects.filter(number__range=(segment.first, segment.last))
    PersonalPart.objects.filter(act__in=rows).delete()
    rows.delete()
    return segment


def _next_segment(before: datetime) -> Segment:
    linked = Act.objects.filter(number__isnull=False).order_by("number")
    first = linked.first()
    younger = linked.filter(at__gte=before).first()
    old = linked.filter(number__lt=younger.number) if younger else linked
    last = old.last()
    if first is None or first.number is None or last is None or last.number is None:
        raise NothingToArchiveError
    previous = Segment.objects.order_by("-last").first()
    moved = Act.objects.filter(number__range=(first.number, last.number))
    segment = Segment(
        first=first.number,
        last=last.number,
        previous_hash=previous.last_hash if previous else FIRST_HASH,
        last_hash=last.hash,
        acts=moved.count(),
        erased=moved.exclude(personal__erased_in=None).count(),
        sealed_at=timezone.now(),
    )
    segment.jws = signer().sign(segment_members(segment), typ=SEGMENT_TYP)
    segment.mac = segment_mac(segment.jws)
    return segment


def _write_files(segment: Segment, path: Path) -> None:
    with (
        path.open("x", encoding="utf-8") as file,
        personal_file(path).open("x", encoding="utf-8") as personal,
    ):
        file.write(segment.jws + "\n")
        for row in linked_rows(segment.first - 1, segment.last):
            write_row(row, file, personal)
        for written in (file, personal):
            written.flush()
            os.fsync(written.fileno())


def _is_about(part: dict[str, str | None], person: str) -> bool:
    about_both = part.get("changes") and part.get("other_id") == person
    return part.get("person") == person or bool(about_both)


def erase_in_archive(path: Path, person: UUID, erased_in: UUID) -> list[str]:
    """Blank the personal parts of one person in an archive; return the ids of the acts."""
    personal = personal_file(path)
    successor = personal.with_name(personal.name + ".new")
    blanked: list[str] = []
    with personal.open(encoding="utf-8") as old, successor.open("w", encoding="utf-8") as new:
        for line in old:
            part = json.loads(line)
            if _is_about(part, str(person)):
                act, erasure = part["act"], str(erased_in)
                mac = erasure_mac(act, erasure)
                part = {"act": act, "erased_in": erasure, "erased_mac": mac}
                blanked.append(act)
            new.write(json.dumps(part, ensure_ascii=False, sort_keys=True) + "\n")
    successor.replace(personal)
    return blanked
