"""`manage.py sync_directory`: bring the people of LDAP directories up to date."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.base.outgoing.errors import OutgoingError
from foundation.directory.sources.directories import directories_in_use
from idp.accounts.ldap.runs import AtItAlreadyError
from idp.accounts.ldap.synchronising import DirectoryReport, synchronise


class Command(BaseCommand):
    """Synchronise every directory that is on. Prints one JSON object for each."""

    help = "Brings the people of LDAP directories up to date; --dry-run only says what would be."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--dry-run` and `--let-go`."""
        parser.add_argument("--dry-run", action="store_true", help="write nothing")
        parser.add_argument(
            "--let-go", action="store_true", help="end access even where unusually many are gone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Synchronise, and fail at the end where a directory broke off or a run stopped."""
        failed = False
        for directory in directories_in_use():
            try:
                report = synchronise(directory, is_dry=options["dry_run"], let_go=options["let_go"])
            except (OutgoingError, AtItAlreadyError) as error:
                failed = True
                said = {"directory": directory.title, "error": str(error)}
            else:
                failed |= report.has_stopped
                said = {"directory": directory.title, **_said(report)}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        if failed:
            raise CommandError("Not everybody could be brought up to date.")


def _said(report: DirectoryReport) -> dict[str, Any]:
    return {
        "dry_run": report.is_dry,
        "counts": dict(report.counts),
        "gone": report.gone,
        "kept": report.kept,
        "stopped": report.has_stopped,
        "people": [each.as_json() for each in report.told],
        "groups": [each.as_json() for each in report.groups_told],
    }
