"""Load the demo's people and applications and print the applications' new secrets as JSON."""

import json
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.demo.load import load_demo
from console.demo.people import PASSWORD, PEOPLE
from foundation.base import conf


class Command(BaseCommand):
    """`manage.py load_demo`: may be run again and again."""

    help = "Load the demo's people and applications (loopback only); prints one JSON object."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where the demo's other programs answer."""
        parser.add_argument("--query-desk", default="http://localhost:8001", metavar="ORIGIN")
        parser.add_argument("--warehouse", default="http://localhost:8002", metavar="ORIGIN")
        parser.add_argument(
            "--from-nothing", action="store_true", help="make the database and the keys first"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and print what the launcher hands on."""
        if options["from_nothing"]:
            for made in ("migrate", "rotate_keys"):
                call_command(made, stdout=self.stderr)
        try:
            secrets = load_demo(
                conf.current(), query_desk=options["query_desk"], warehouse=options["warehouse"]
            )
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        document = {
            "issuer": conf.current().issuer,
            "client_secrets": secrets,
            "accounts": {person.username: person.summary for person in PEOPLE},
            "password": PASSWORD,
        }
        self.stdout.write(json.dumps(document, indent=2))
