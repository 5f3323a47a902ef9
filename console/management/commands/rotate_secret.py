"""`manage.py rotate_secret`: after a secret was replaced, make anew what the older ones made."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from idp.tokens.rekeying import SECRETS, rotate


class Command(BaseCommand):
    """Make anew what can be, write it into the history, and say what rests on older secrets."""

    help = "Run it once every process has the new secret in NAME, and the one before in NAME_OLDER."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name of the secret."""
        parser.add_argument("name", choices=sorted(SECRETS))

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate."""
        name = options["name"]
        secret, ring = SECRETS[name], SECRETS[name].ring()
        renewed = _in_words(rotate(name))
        self.stdout.write(f"{name}: key {ring.key_id} makes, and is checked first.")
        if renewed:
            self.stdout.write(f"Made anew: {renewed}.")
        if not ring.older:
            self.stdout.write(
                f"There is no older one. To replace it, put it into {name}_OLDER and a new one "
                f"(openssl rand -base64 48) into {name}; docs/operations.md has the steps."
            )
            return
        for key_id in ring.older_ids:
            resting = _in_words(secret.resting(key_id)) or "nothing that can be counted"
            self.stdout.write(f"On key {key_id} rest: {resting}.")
        self.stdout.write(secret.advice)


def _in_words(counts: Any) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)
