"""`manage.py erase_history_of`: erase what the history says about one person."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.directory.models import User
from foundation.journal.erasure import erase_history_of


class Command(BaseCommand):
    """Blank the personal parts of a person's acts; the acts and the chain stay."""

    help = "Erases person, addresses, browsers and reasons from the history of one person."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the person and `--archive`."""
        parser.add_argument("person", help="user name, or the subject identifier (sub)")
        parser.add_argument(
            "--archive", type=Path, action="append", default=[], help="erase in this archive too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase."""
        try:
            count = erase_history_of(_key(options["person"]), archives=options["archive"])
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} personal parts have been erased.")


def _key(text: str) -> UUID:
    name = User.USERNAME_FIELD
    people = User.objects.filter(**{name: text})
    found: UUID | None = people.values_list("pk", flat=True).first()
    if found is not None:
        return found
    try:
        return UUID(text)  # of somebody whose account is gone already
    except ValueError as error:
        raise CommandError(f"Nobody is called {text}.") from error
