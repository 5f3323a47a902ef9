"""Make somebody who may do anything, unless there is somebody already."""

import sys
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from console.management.sentences import sentences
from foundation.base import env
from foundation.directory.models import User
from foundation.directory.models.ends import let_in
from idp.accounts.services import create_person


class Command(BaseCommand):
    """`manage.py first_administrator`."""

    help = "Make the first administrator: from ADMIN_PASSWORD and ADMIN_EMAIL, or by asking."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do nothing when there is an active administrator."""
        if User.objects.filter(let_in(), is_superuser=True).exists():
            return
        password = env.text("ADMIN_PASSWORD", "")
        if password:
            username, email = env.text("ADMIN_USERNAME", "admin"), env.text("ADMIN_EMAIL")
        elif sys.stdin.isatty():
            username, email, password = self._ask()
        else:
            raise CommandError("There is no administrator yet: set ADMIN_PASSWORD and ADMIN_EMAIL.")
        try:
            create_person(username, email, password, is_superuser=True)
        except ValidationError as error:
            raise CommandError(sentences(error)) from error
        self.stdout.write(f"Administrator {username} created.")

    def _ask(self) -> tuple[str, str, str]:
        self.stdout.write("There is no administrator yet. Who shall it be?")
        username, email, password = input("User name: "), input("E-mail: "), getpass()
        if getpass("Password again: ") != password:
            raise CommandError("The passwords differ.")
        return username, email, password
