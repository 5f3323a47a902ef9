"""`manage.py archive_history`: move old rows of the history to a file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.journal.archive import InUseError, NothingToArchiveError, archive


class Command(BaseCommand):
    """Write the oldest rows to a file behind a signed seal, then remove them."""

    help = "Moves the oldest rows of the history to a file; the rest still verifies."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--before` and `--to`."""
        parser.add_argument("--before", required=True, help="a date, YYYY-MM-DD, in UTC")
        parser.add_argument(
            "--to", required=True, type=Path, help="the file; what it says of people goes beside it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Archive."""
        try:
            before = datetime.fromisoformat(options["before"]).replace(tzinfo=UTC)
        except ValueError as error:
            raise CommandError("--before takes a date such as 2026-01-31.") from error
        try:
            segment = archive(before, options["to"])
        except NothingToArchiveError as error:
            raise CommandError("No row is older than that.") from error
        except InUseError as error:
            raise CommandError("Somebody is reading what is to go: wait, and try again.") from error
        except OSError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Rows {segment} are in {options['to']} now.")
