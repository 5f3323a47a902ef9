"""Create a person and print them as JSON."""

import json
import sys
from argparse import ArgumentTypeError
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.management.sentences import sentences
from idp.accounts.services import create_person


class Command(BaseCommand):
    """`manage.py create_user NAME --email … --password-stdin`."""

    help = "Create a person with a verified e-mail address and print them as one JSON object."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what sign-in needs, names and attributes; the password never on the command line."""
        parser.add_argument("username", metavar="NAME", help="what they sign in with")
        parser.add_argument("--email", required=True)
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            required=True,
            help="read the password from the first line of standard input",
        )
        parser.add_argument("--given-name", default="")
        parser.add_argument("--family-name", default="")
        parser.add_argument("--role", action="append", default=[], help="may be repeated")
        parser.add_argument(
            "--attribute",
            action="append",
            default=[],
            type=_attribute,
            metavar="KEY=JSON",
            help="for example clearance='\"secret\"'; may be repeated",
        )
        parser.add_argument("--superuser", action="store_true", help="may do anything in the admin")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the person, and print the result."""
        attributes = _attributes(options)
        try:
            person = create_person(
                options["username"],
                options["email"],
                sys.stdin.readline().rstrip("\r\n"),
                claims={part: options[part] for part in ("given_name", "family_name")},
                attributes=attributes,
                is_superuser=options["superuser"],
            )
        except ValidationError as error:
            raise CommandError(sentences(error)) from error
        document = {
            "sub": person.subject,
            "username": person.username,
            "email": person.email,
            "name": person.get_full_name(),
            "is_superuser": person.is_superuser,
            "attributes": attributes,
        }
        self.stdout.write(json.dumps(document, indent=2))


def _attributes(options: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes by key; raises `CommandError` for one that is given twice."""
    given = list(options["attribute"])
    if options["role"]:
        given.append(("roles", options["role"]))
    attributes: dict[str, Any] = {}
    for key, value in given:
        if key in attributes:
            raise CommandError(f"The attribute {key} is given twice.")
        attributes[key] = value
    return attributes


def _attribute(argument: str) -> tuple[str, Any]:
    key, separator, value = argument.partition("=")
    if not key or not separator:
        raise ArgumentTypeError(f"{argument!r} is not KEY=JSON.")
    try:
        return key, json.loads(value)
    except json.JSONDecodeError as error:
        raise ArgumentTypeError(f"The value of {key} is not JSON: {error}.") from error
