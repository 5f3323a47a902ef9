"""`manage.py export_history_head`: sign the end of the chain and append it to the day's file."""

from typing import Any

from django.core.management.base import BaseCommand

from foundation.journal.acts import export_head, link


class Command(BaseCommand):
    """Link what waits, then export the head; the worker does it every five minutes."""

    help = "Signs the head of the history and appends it to HISTORY_HEADS_DIR."

    def handle(self, *args: Any, **options: Any) -> None:
        """Export."""
        link()
        head = export_head()
        self.stdout.write(f"Row {head.number}: {head.hash}" if head else "Nothing new.")
