"""`manage.py accept_history_end`: go on from the chain as it is, after a restore from a backup."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.journal.chain.memory import MemoryUnusableError
from foundation.journal.resuming import NothingToAcceptError, resume


class Command(BaseCommand):
    """Let the linker go on behind the row that the chain ends at now, and write that down."""

    help = "After a restore: links go on from where the chain ends. The gap stays in the history."

    def handle(self, *args: Any, **options: Any) -> None:
        """Accept."""
        try:
            lost = resume()
        except NothingToAcceptError as error:
            raise CommandError("Nothing was lost: the chain holds what was linked last.") from error
        except MemoryUnusableError as error:
            raise CommandError(f"{error} Remove it once that is explained.") from error
        self.stdout.write(f"Row {lost.number} ({lost.hash}) is gone, and the history says so.")
