"""`manage.py verify_history`: say whether the history is as it was written."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from consent.replay import Replay, signatures_checked
from foundation.journal.chain.checking import Run
from foundation.journal.chain.memory import MemoryUnusableError
from foundation.journal.chain.moments import at_one_moment
from foundation.journal.chain.processes import WORTH, ProcessEndedError, cores, in_processes
from foundation.journal.chain.reading import rows_in_table
from foundation.journal.chain.verification import Verification
from foundation.journal.chain.verified import Verified, last_verified

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
        """Take `--archive`, `--trust-seals-until`, `--state`, `--resume`, `--jobs` and others."""
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
        parser.add_argument(
            "--resume",
            action="store_true",
            help="begin behind the last row that was verified, and take the word of that run",
        )
        parser.add_argument(
            "--jobs",
            type=int,
            default=cores(),
            help="processes at most; as many as there are cores unless given",
        )
        parser.add_argument("--heads", type=Path, help="folder of the exported heads")
        parser.add_argument("--most", type=int, default=20, help="name so many at most")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify."""
        replay = Replay() if options["state"] else None
        if replay and options["resume"]:
            raise CommandError("--state needs every act: it cannot be used with --resume.")
        self._told = 0
        try:
            # Whoever replays needs every act here, in its order.
            with _running(1 if replay else options["jobs"]) as run:
                check = Verification(
                    archives=options["archive"],
                    heads=options["heads"],
                    trust_seals_until=options["trust_seals_until"],
                    behind=self._behind() if options["resume"] else None,
                    progress=self._progress,
                    on_row=replay.take if replay else bool,
                    run=run,
                )
                findings = list(islice(_all(check, replay), options["most"]))
        except (OSError, MemoryUnusableError, ProcessEndedError) as error:
            raise CommandError(str(error)) from error
        self._report(check, findings)

    def _report(self, check: Verification, findings: list[str]) -> None:
        if findings:
            text = "\n".join(["The history does not verify.", *findings])
            raise CommandError(text, returncode=BROKEN)
        counts = (
            f"{check.rows} rows, {check.archived} archived, {check.waiting} waiting to be linked, "
            f"{check.compared_heads} exported heads compared, {check.uncompared_heads} not."
        )
        if check.behind:
            counts += (
                f" Rows up to {check.behind.place.number} were not read again: they were verified "
                f"until {check.behind.at}, the first of them at {check.behind.whole_at}."
            )
        if check.uncompared:
            first = f"The history verifies as far as it could be compared: {counts}"
            raise CommandError("\n".join([first, *check.uncompared]), returncode=UNCOMPARED)
        self.stdout.write(f"The history verifies: {counts}")

    def _behind(self) -> Verified | None:
        verified = last_verified()
        if verified is None:
            self.stderr.write("Nothing was verified before: this begins with the first row.")
        return verified

    def _progress(self, rows: int) -> None:
        if rows // STEP > self._told:
            self._told = rows // STEP
            self.stderr.write(f"{rows} rows …")


@contextmanager
def _running(jobs: int) -> Iterator[Run | None]:
    """See one moment; give what runs the stretches of the table, None for this process alone."""
    # Nobody else sees what is in a transaction that has begun already.
    number = 1 if connection.in_atomic_block else min(jobs, rows_in_table() // WORTH)
    if number > 1:
        with in_processes(number) as run:
            yield run
    else:
        with at_one_moment():
            yield None


def _all(check: Verification, replay: Replay | None) -> Iterator[str]:
    yield from check.findings()
    if replay and check.saw_all:
        yield from replay.findings()
        return
    if replay:
        check.uncompared.append(NO_STATE)
    yield from signatures_checked(check.archives, check.uncompared)
