"""`manage.py rotate_keys`: do what is due for the signing keys, or rotate now."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from foundation.base.keys.ring import rotate_due_keys


class Command(BaseCommand):
    """Make the first keys, announce, activate and retire keys. Prints one JSON object."""

    help = "Makes the first signing keys; announces, activates and retires keys that are due."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--now`."""
        parser.add_argument(
            "--now", action="store_true", help="activate the next key at once, due or not"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate and say what was done."""
        self.stdout.write(json.dumps({"done": rotate_due_keys(force=options["now"])}))
