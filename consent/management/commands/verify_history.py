"""`manage.py verify_history`: say whether the history is as it was written."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from consent.replay import Replay
from foundation.journal.chain.verification import Verification

STEP = 10_000
NO_STATE = "What the acts led to was not compared: some of them are in archives."
BROKEN, UNCOMPARED = 1, 3
"""Exit statuses; 0: everything was compared, and is as it was written."""


class Command(BaseCommand):
    """Check every row; name what is broken, missing or out of order, the first of it first."""

    help = (
        "Checks the history of consent. Exits with 1 and says what is wrong if anything is, "
        "with 3 if all is good as far as it could be compared."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--archive`, `--trust-seals-until`, `--state`, `--heads`, `--most`."""
        parser.add_argument(
            "--archive", type=Path, action="append", default=[], help="check this file too"
        )
        parser.add_argument(
            "--trust-seals-until",
            type=int,
            default=0,
            metavar="ROW",
            help="take the word of the seals up to this row: its archives are not at hand",
        )
        parser.add_argument(
            "--state",
            action="store_true",
            help="hold grants, approvals, configuration and what else they led to against the acts",
        )
        parser.add_argument("--heads", type=Path, help="folder of the exported heads")
        parser.add_argument("--most", type=int, default=20, help="name so many at most")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify."""
        replay = Replay() if options["state"] else None
        check = Verification(
            archives=options["archive"],
            heads=options["heads"],
            trust_seals_until=options["trust_seals_until"],
            progress=self._progress,
            on_row=replay.take if replay else bool,
        )
        try:
            with at_one_moment() if replay else nullcontext():
                findings = list(islice(_all(check, replay), options["most"]))
        except OSError as error:
            raise CommandError(str(error)) from error
        if findings:
            text = "\n".join(["The history does not verify.", *findings])
            raise CommandError(text, returncode=BROKEN)
        counts = (
            f"{check.rows} rows, {check.archived} archived, {check.waiting} waiting to be linked, "
            f"{check.compared_heads} exported heads compared, {check.uncompared_heads} not."
        )
        if check.uncompared:
            first = f"The history verifies as far as it could be compared: {counts}"
            raise CommandError("\n".join([first, *check.uncompared]), returncode=UNCOMPARED)
        self.stdout.write(f"The history verifies: {counts}")

    def _progress(self, rows: int) -> None:
        if rows % STEP == 0:
            self.stderr.write(f"{rows} rows …")


def _all(check: Verification, replay: Replay | None) -> Iterator[str]:
    yield from check.findings()
    if replay and check.saw_all:
        yield from replay.findings()
    elif replay:
        check.uncompared.append(NO_STATE)


@contextmanager
def at_one_moment() -> Iterator[None]:
    """See acts and tables as they are at one moment, whoever goes on writing."""
    begins = not connection.in_atomic_block
    with transaction.atomic():
        if begins and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
