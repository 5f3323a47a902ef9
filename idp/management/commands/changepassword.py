"""Set somebody's password on the command line; what the old one opened ends."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword

from claims.canonical_names import canonical_name
from idp.accounts.sessions import end_elsewhere
from idp.models import User


class Command(changepassword.Command):
    """`manage.py changepassword [USERNAME]`, Django's own otherwise."""

    def handle(self, *args: Any, **options: Any) -> str:
        """Set the password and end the person's sessions and tokens; return what to print."""
        typed = options["username"] or getpass.getuser()
        person = User.objects.filter(username_key=canonical_name(typed)).first()
        options["username"] = person.username if person else typed
        said = super().handle(*args, **options)
        end_elsewhere(User.objects.get(username=options["username"]))
        return f"{said}. Every session and token of theirs has ended"
