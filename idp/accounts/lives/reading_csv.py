"""Reading a CSV file of people: bounded, row by row, whatever program wrote it."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from foundation.base.texts.storable import storable
from foundation.directory.models import User
from foundation.directory.models.imports import ImportRow, PeopleImport
from idp.accounts.provisioning.facts import ATTRIBUTE, COLUMNS

MOST_ROWS = 20_000
MOST_COLUMNS = 60
LONGEST_VALUE = 1_000
MOST_BYTES = 10 * 1024 * 1024
BATCH = 500
SYNONYMS = {
    "user": "username", "user_name": "username", "login": "username", "benutzername": "username",
    "e_mail": "email", "mail": "email", "email_address": "email", "e_mail_adresse": "email",
    "full_name": "name", "display_name": "name", "first_name": "given_name",
    "vorname": "given_name",
    "last_name": "family_name", "surname": "family_name", "nachname": "family_name",
    "phone": "phone_number", "telefon": "phone_number", "language": "locale",
    "employee_id": "external_id", "id": "external_id", "job_title": "title",
}  # fmt: skip


class UnreadableFileError(Exception):
    """The file is no table of people; the text says why."""


@transaction.atomic
def take_file(file: IO[bytes], title: str, by: User, now: datetime) -> PeopleImport:
    """Keep the rows of a file; raise `UnreadableFileError`. Memory does not grow with the file."""
    rows = _rows(file)
    headings = next(rows, [])
    if not any(headings) or len(headings) > MOST_COLUMNS:
        raise UnreadableFileError(_("The first row has to have the names of at most 60 columns."))
    made = PeopleImport.objects.create(
        made_at=now, made_by=by, title=storable(title)[:100] or "CSV", headings=headings
    )
    total = 0
    numbered = enumerate((row for row in rows if any(row)), start=1)
    while batch := list(islice(numbered, BATCH)):
        total = batch[-1][0]
        if total > MOST_ROWS:
            raise UnreadableFileError(_("At most %(n)d rows in one file.") % {"n": MOST_ROWS})
        ImportRow.objects.bulk_create(
            ImportRow(of=made, number=number, values=row[: len(headings)]) for number, row in batch
        )
    if not total:
        raise UnreadableFileError(_("There is no row below the headings."))
    made.total, made.mapping = total, guessed(headings)
    made.save(update_fields=["total", "mapping"])
    return made


def targets(attributes: Iterable[str]) -> list[str]:
    """Return what a heading can mean: columns, and these attributes."""
    return [*COLUMNS, *(ATTRIBUTE + name for name in attributes)]


def guessed(headings: Sequence[str]) -> dict[str, int]:
    """Return what headings mean by their names, each meaning once."""
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = heading.strip().lower().replace(" ", "_").replace("-", "_")
        meant = SYNONYMS.get(name, name)
        if meant in COLUMNS:
            found.setdefault(meant, place)
    return found


def _rows(file: IO[bytes]) -> Iterator[list[str]]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        head = text.readline()
        separator = max(",;\t", key=head.count)
        for row in csv.reader(_lines(head, text), delimiter=separator, strict=True):
            if any(len(value) > LONGEST_VALUE for value in row):
                told = _("A value is longer than %(n)d characters.")
                raise UnreadableFileError(told % {"n": LONGEST_VALUE})
            yield [storable(value).strip() for value in row]
    except (UnicodeDecodeError, csv.Error):
        raise UnreadableFileError(_("This is no CSV file in UTF-8.")) from None


def _lines(head: str, text: Iterable[str]) -> Iterator[str]:
    yield head
    yield from text
