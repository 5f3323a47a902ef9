"""`manage.py verify_history`: say whether the history is as it was written."""

from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from consent.history.verification import Verification

STEP = 10_000


class Command(BaseCommand):
    """Check every row; name what is broken, missing or out of order, the first of it first."""

    help = "Checks the history of consent; exits with 1 and says what is wrong if anything is."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--archive`, `--heads`, `--most`."""
        parser.add_argument(
            "--archive", type=Path, action="append", default=[], help="check this file too"
        )
        parser.add_argument("--heads", type=Path, help="folder of the exported heads")
        parser.add_argument("--most", type=int, default=20, help="name so many at most")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify."""
        check = Verification(
            archives=options["archive"], heads=options["heads"], progress=self._progress
        )
        try:
            findings = list(islice(check.findings(), options["most"]))
        except OSError as error:
            raise CommandError(str(error)) from error
        if findings:
            raise CommandError("\n".join(["The history does not verify.", *findings]))
        self.stdout.write(
            f"The history verifies: {check.rows} rows, {check.archived} archived, "
            f"{check.waiting} waiting to be linked, {check.compared_heads} exported heads."
        )

    def _progress(self, rows: int) -> None:
        if rows % STEP == 0:
            self.stderr.write(f"{rows} rows …")
