"""Retention: the oldest rows go to a file, and a signed seal stays in their place.

The file holds the acts; the file beside it, `<name>.personal`, what they say about people, in the
same order. The second can be thinned out or deleted, and the first still verifies.
"""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from foundation.base.keys.documents import SEGMENT_TYP, signer
from foundation.journal.chain.canonical import FIRST_HASH, erasure_mac, segment_mac
from foundation.journal.chain.reading import linked_rows
from foundation.journal.chain.rows import (
    ABOUT_SIGNATURES,
    personal_file,
    segment_members,
    write_row,
)
from foundation.journal.models.history import Act, ChainHead, Segment
from foundation.journal.triggers.history import PARTITIONS

AMONG = timedelta(hours=1)
"""So much younger than asked for may be what was linked among the rows that are old enough."""
TRIES = 20
"""Times half a second, to wait for those who are reading what is to be dropped."""


class NothingToArchiveError(Exception):
    """No linked act is old enough."""


class InUseError(Exception):
    """Somebody has been reading these rows for long."""


@transaction.atomic
def archive(before: datetime, path: Path) -> Segment:
    """Move the rows up to the last one that is older than `before`; return the seal.

    What was linked among them is moved too, or a month would hardly ever end. A row that was
    linked late, behind much younger ones, waits for those. The file is complete on disk before a
    row is removed. On PostgreSQL, months of which nothing is left are dropped.

    Raise NothingToArchiveError, InUseError, and FileExistsError for a path that is taken.
    """
    # Whoever links or archives holds the head.
    ChainHead.objects.select_for_update().first()
    segment = _next_segment(before)
    _write_files(segment, path)
    segment.save(force_insert=True)
    try:
        _remove(segment)
    except InUseError:
        for written in (path, personal_file(path)):
            written.unlink()
        raise
    return segment


def _remove(segment: Segment) -> None:
    """Drop the partitions that are sealed as a whole, and delete the sealed rows of the others."""
    sealed = Act.objects.filter(number__lte=segment.last)
    with connection.cursor() as cursor:
        for acts, parts in PARTITIONS.kept(connection):
            rows = f"FROM {acts} WHERE number <= %s"
            cursor.execute(
                f"DELETE FROM {parts} WHERE act_id IN (SELECT id {rows})",  # noqa: S608 - names
                [segment.last],
            )
            cursor.execute(f"DELETE {rows}", [segment.last])
    for _ in range(TRIES):
        # Last of all: from here on everybody waits.
        PARTITIONS.drop(connection)
        if not sealed.exists():
            return
    raise InUseError


def _next_segment(before: datetime) -> Segment:
    linked = Act.objects.filter(number__isnull=False).order_by("number")
    first = linked.first()
    younger = linked.filter(at__gte=before + AMONG).first()
    old = linked.filter(number__lt=younger.number) if younger else linked
    last = old.filter(at__lt=before).last()
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
        signed=moved.filter(ABOUT_SIGNATURES).count(),
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
